// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <vector>

#include "core/fleet/source_health.h"
#include "core/procfs/process_table.h"

namespace openclaw_lock {

/// Reads all processes of a procfs: `stat` of each, `status` of those not seen
/// before (NSpid never changes), and the facts about the mount itself.
class ProcessReader {
 public:
  explicit ProcessReader(std::filesystem::path procfs)
      : procfs_{std::move(procfs)} {}

  /// One walk. Success where the directory could be read and held a process.
  /// What keeps the table from being complete is among the problems.
  RoundResult read(ProcessTable& table, WallTime now);

 private:
  struct Known {
    std::uint64_t start_ticks = 0;
    std::vector<int> ns_pids;
  };

  void read_process(int pid, ProcessTable& table,
                    std::vector<Problem>& problems);
  void read_mount(ProcessTable& table, std::vector<Problem>& problems) const;
  void read_self(ProcessTable& table) const;
  void read_clock(ProcessTable& table, std::vector<Problem>& problems) const;

  std::filesystem::path procfs_;
  std::map<int, Known> known_;
  std::map<int, Known> seen_;  ///< of the walk under way
};

}  // namespace openclaw_lock
