// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_table.h"

#include <algorithm>

#include "core/procfs/clock_ticks.h"

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

std::optional<WallTime> started_at(const ProcessStat& stat,
                                   const ProcessTable& table) {
  if (!table.boot_time) return {};
  return *table.boot_time +
         span_of_ticks(stat.start_ticks, table.ticks_per_second);
}

bool has_exited(const ProcessStat& stat) {
  return stat.state == 'X' || stat.state == 'x' ||
         (stat.state == 'Z' && stat.threads <= 1);
}

}  // namespace openclaw_lock
