// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "core/fleet/stall_facts.h"
#include "exporter/readers/disk/stall_reader.h"
#include "exporter/sampling/inbox.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

/// How long to rest between two looks at the gateways' threads. Pure.
///
/// Ten looks a second while the system waits for disks, else two. Less often
/// where looking would take more than 0.05 % of a core's time for each gateway,
/// 0.5 % in all; while nobody waits, 0.0125 % and 0.25 %.
std::chrono::milliseconds rest_between_looks(bool disks_are_waited_for,
                                             std::chrono::microseconds look,
                                             std::size_t gateways);

/// Looks at the processes of all gateways, and shows each interval what it saw.
class StallTask : public SourceTask<StallFacts> {
 public:
  StallTask(std::filesystem::path procfs, SourceTiming timing);

  /// What to look at from now on.
  void watch(GatewayProcesses processes) { orders_.put(std::move(processes)); }

  MonotonicTime run(MonotonicTime now) override;

  /// Time between two looks by now; empty: there is nothing to look at. From
  /// any thread.
  std::optional<std::chrono::microseconds> looks_each() const;

 private:
  bool disks_are_waited_for();
  MonotonicTime next_look(MonotonicTime began, MonotonicTime ended);

  const std::filesystem::path procfs_;
  StallReader reader_;
  Inbox<GatewayProcesses> orders_;
  std::size_t gateways_ = 0;  ///< with processes to look at
  std::optional<std::chrono::microseconds> waited_;  ///< io.pressure, some
  std::optional<MonotonicTime> shown_at_;
  MonotonicTime next_look_{};
  std::atomic<std::int64_t> looks_each_{0};  ///< us; 0: nothing to look at
};

}  // namespace openclaw_lock
