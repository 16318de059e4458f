// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/fleet/source_health.h"
#include "core/procfs/process_table.h"
#include "core/procfs/task_count.h"

namespace openclaw_lock {

/// What a process is may change while it is young (an `exec`); later it is read
/// again after a rest.
inline constexpr std::chrono::seconds kYoungProcess{60};
inline constexpr std::chrono::seconds kLongestProcessRest{60};

/// Reads the processes of a procfs: `stat` and `status` of new ones, and the
/// facts about the mount itself. A process is the same as in the walk before
/// where pid and inode of its entry are: its `stat` is read again only while it
/// is younger than a minute (an `exec` keeps both), once a minute after that,
/// and in each walk where somebody follows it.
class ProcessReader {
 public:
  explicit ProcessReader(std::filesystem::path procfs)
      : procfs_{std::move(procfs)} {}

  /// One walk. Success where the directory could be read and held a process.
  /// What keeps the table from being complete is among the problems. In it the
  /// state and parent of a process may be a minute old, see ProcessTable.
  /// `may_keep`: where the kernel says that no process has come or gone, they
  /// are not listed again within a minute.
  RoundResult read(ProcessTable& table, WallTime now, bool may_keep = false);

  /// The processes whose `stat` each walk reads from now on.
  void follow(std::set<int> pids) { followed_ = std::move(pids); }

 private:
  struct Entry {
    int pid = 0;
    std::uint64_t inode = 0;
  };
  struct Known {
    std::uint64_t inode = 0;
    WallTime read_at{};
    Process process;
  };
  /// Of the mount, which seldom change.
  struct Surroundings {
    WallTime read_at{};
    bool hides = false;
    int self_pid = 0;
    std::int64_t offset_ticks = 0;
    std::vector<Problem> problems;
  };

  /// Holds until the clock is set.
  struct BootTime {
    WallTime read_at{};
    std::chrono::nanoseconds clock_offset{};
    WallTime at{};
  };

  Result<std::vector<Entry>> list() const;
  Result<std::vector<Entry>> list_changed(WallTime now, bool may_keep);
  void read_process(const Entry& entry, ProcessTable& table,
                    std::vector<Problem>& problems);
  /// Empty where nothing need be read.
  const Known* unchanged(const Entry& entry, const ProcessTable& table) const;
  void read_surroundings(WallTime now);
  void read_boot_time(ProcessTable& table, std::vector<Problem>& problems);

  std::filesystem::path procfs_;
  std::set<int> followed_;
  std::unordered_map<int, Known> known_;
  std::unordered_map<int, Known> seen_;  ///< of the walk under way
  std::optional<Surroundings> surroundings_;
  std::optional<BootTime> boot_time_;
  std::optional<TaskCount> listed_tasks_;  ///< before the last listing
  WallTime listed_at_{};
};

}  // namespace openclaw_lock
