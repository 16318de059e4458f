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

}  // namespace openclaw_lock
