// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace openclaw_lock {

/// Figures about this process, the standard six of Prometheus clients.
struct ProcessReport {
  double cpu_seconds = 0;
  double open_fds = 0;
  double max_fds = 0;
  double virtual_memory_bytes = 0;
  double resident_memory_bytes = 0;
  double start_time_seconds = 0;
};

/// Reads this process' own figures, from /proc/self and the kernel; never from
/// another root. Touches no disk.
std::optional<ProcessReport> read_self();

}  // namespace openclaw_lock
