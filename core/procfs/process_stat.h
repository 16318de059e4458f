// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace openclaw_lock {

/// PF_KTHREAD of include/linux/sched.h: a kernel thread.
inline constexpr std::uint32_t kKernelThreadFlag = 0x00200000;

/// Fields of /proc/PID/stat (proc(5), Documentation/filesystems/proc.rst).
struct ProcessStat {
  int pid = 0;               ///< field 1, in the procfs mount's namespace
  std::string comm;          ///< field 2, at most 15 bytes (64 for kthreads)
  char state = '?';          ///< field 3: R S D T t Z X I ...
  int parent = 0;            ///< field 4
  std::uint32_t flags = 0;   ///< field 9, PF_*
  std::int64_t threads = 0;  ///< field 20
  std::uint64_t start_ticks = 0;  ///< field 22, USER_HZ ticks after boot, moved
                                  ///< by the *reader's* time namespace

  bool operator==(const ProcessStat&) const = default;
};

/// Reads the text of /proc/PID/stat. The command may hold blanks, brackets and
/// newlines; its end is the last `)`. Anything unexpected is malformed.
Result<ProcessStat> parse_process_stat(std::string_view text);

}  // namespace openclaw_lock
