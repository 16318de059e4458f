// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_table.h"

#include <algorithm>

namespace openclaw_lock {

void ProcessTable::index() {
  by_pid.clear();
  for (std::size_t i = 0; i < processes.size(); ++i) {
    auto pids = processes[i].ns_pids;
    if (pids.empty()) pids.push_back(processes[i].stat.pid);
    std::sort(pids.begin(), pids.end());
    pids.erase(std::unique(pids.begin(), pids.end()), pids.end());
    for (const int pid : pids) by_pid.emplace(pid, i);
  }
}

std::optional<WallTime> start_time(const ProcessTable& table,
                                   const ProcessStat& stat) {
  if (!table.boot_time || table.ticks_per_second <= 0) return {};
  constexpr std::uint64_t kMaxTicks = UINT64_C(1) << 50;
  const auto ticks = std::min(stat.start_ticks, kMaxTicks);
  const auto hertz = static_cast<std::uint64_t>(table.ticks_per_second);
  return *table.boot_time +
         std::chrono::milliseconds{static_cast<std::int64_t>(
             ticks / hertz * 1000 + ticks % hertz * 1000 / hertz)};
}

}  // namespace openclaw_lock
