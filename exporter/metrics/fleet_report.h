// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/disk/disk_probe.h"
#include "core/disk/pressure.h"
#include "core/sources/source_health.h"
#include "exporter/readers/disk/disk_reader.h"
#include "exporter/readers/disk/stall_reader.h"
#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/readers/locks/lock_reader.h"
#include "exporter/readers/logs/log_reader.h"
#include "exporter/readers/processes/self_reader.h"

namespace openclaw_lock {

/// What the readers of one gateway last left.
struct GatewayReport {
  std::string name;
  std::shared_ptr<const LockReport> locks;  ///< null before the first round
  std::optional<SourceHealth> locks_health = {};      ///< empty: switched off
  std::optional<SourceHealth> processes_health = {};  ///< empty: switched off
  std::shared_ptr<const LogReport> logs = {};  ///< null before the first round
  std::optional<SourceHealth> logs_health = {};    ///< empty: switched off
  std::shared_ptr<const GatewayFacts> facts = {};  ///< null before the first
  std::optional<SourceHealth> facts_health = {};   ///< empty: switched off
  std::shared_ptr<const DiskReport> disk = {};  ///< null before the first round
  std::optional<SourceHealth> disk_health = {};  ///< empty: switched off
  /// Null: before the first that succeeded.
  std::shared_ptr<const ProbeHistogram> disk_probe = {};
  std::optional<SourceHealth> disk_probe_health = {};  ///< empty: not asked for
  GatewayStalls stalls = {};  ///< of the processes that use the state dir
};

/// A reader that hangs knows nothing of the present: null then.
template <typename Value>
const Value* current(const std::shared_ptr<const Value>& value,
                     const std::optional<SourceHealth>& health) {
  return health && health->fresh ? value.get() : nullptr;
}

inline const LockSnapshot* current_snapshot(const GatewayReport& gateway) {
  const auto* locks = current(gateway.locks, gateway.locks_health);
  return locks ? locks->snapshot.get() : nullptr;
}

/// Figures about the exporter.
struct ExporterReport {
  WallTime config_loaded_at{};
  bool config_in_force = true;  ///< as it is now written
  std::map<int, std::uint64_t> http_answers;  ///< by status
  std::optional<ProcessReport> process;
};

/// Everything that a scrape shows, taken from the slots at one instant.
struct FleetReport {
  WallTime now{};
  std::vector<GatewayReport> gateways;
  /// Of the whole system; null where the kernel keeps none.
  std::shared_ptr<const Pressure> disk_pressure = {};
  ExporterReport exporter;
  bool with_exporter_metrics = true;
};

}  // namespace openclaw_lock
