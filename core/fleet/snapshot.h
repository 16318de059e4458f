// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/disk/pressure.h"
#include "core/fleet/discovery_facts.h"
#include "core/fleet/readings.h"
#include "core/fleet/sampling_facts.h"
#include "core/fleet/stall_facts.h"

namespace openclaw_lock {

/// Figures about this process, the standard six of Prometheus clients.
struct ProcessFigures {
  double cpu_seconds = 0;
  double open_fds = 0;
  double max_fds = 0;
  double virtual_memory_bytes = 0;
  double resident_memory_bytes = 0;
  double start_time_seconds = 0;
};

/// What is known of one gateway.
struct GatewaySnapshot {
  std::string name;
  Readings readings = {};
  GatewayStalls stalls = {};  ///< of the processes that use the state dir
};

/// What this exporter was built from.
struct BuildFacts {
  std::string version;
  std::string revision;
  std::string compiler;
};

/// Figures about the exporter.
struct ExporterFacts {
  BuildFacts build;
  WallTime config_loaded_at{};
  bool config_in_force = true;                ///< as it is now written
  std::map<int, std::uint64_t> http_answers;  ///< by status
  std::optional<ProcessFigures> process;
};

/// Everything that views show: the facts of one instant.
struct FleetSnapshot {
  WallTime now{};
  std::vector<GatewaySnapshot> gateways;
  /// Of the whole system; null where the kernel keeps none.
  std::shared_ptr<const Pressure> disk_pressure = {};
  std::optional<DiscoveryFacts> discovery = {};  ///< empty: none runs
  std::optional<SamplingFacts> sampling = {};    ///< empty: not known
  ExporterFacts exporter;
  bool with_exporter_metrics = true;
};

}  // namespace openclaw_lock
