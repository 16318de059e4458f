// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/base/wall_time.h"
#include "core/procfs/process_stat.h"

namespace openclaw_lock {

/// One process of a table.
struct Process {
  ProcessStat stat;
  std::vector<int> ns_pids;  ///< see parse_ns_pids; empty where not readable

  bool operator==(const Process&) const = default;
};

/// All processes that one walk through a procfs found. State, parent and comm
/// of one that nobody follows may be a minute old; that it was there is not.
struct ProcessTable {
  std::vector<Process> processes;
  WallTime started_at{};  ///< a process alive before this and still so is in

  /// Each entry of the directory was read or was gone, and the mount hides
  /// none (hidepid): what is not here does not live in this namespace or below.
  bool complete = false;
  /// The procfs is of the initial PID namespace: kthreadd (a kernel thread with
  /// pid 2, which no other namespace has) is in it.
  bool initial_namespace = false;
  /// Line `btime` of /proc/stat, s; empty where it cannot be read.
  std::optional<WallTime> boot_time;
  /// sysconf(_SC_CLK_TCK): unit of ProcessStat::start_ticks.
  long ticks_per_second = 100;
  /// Boot-time offset of the reader's own time namespace, ticks.
  std::int64_t reader_offset_ticks = 0;

  /// Our own pid in this procfs; 0 where that cannot be told.
  int self_pid = 0;

  /// Indices of the processes that have this pid at some level.
  std::unordered_multimap<int, std::size_t> by_pid;

  /// Fills by_pid from the processes.
  void index();
};

/// By our wall clock; empty where the boot time is not known.
std::optional<WallTime> started_at(const ProcessStat& stat,
                                   const ProcessTable& table);

/// A main thread that has exited while others run is a zombie, too, yet its
/// process lives.
bool has_exited(const ProcessStat& stat);

}  // namespace openclaw_lock
