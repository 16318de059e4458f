// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace openclaw_lock {

/// How many tasks there are, and the last pid that was given to one in the
/// reader's PID namespace: fields 4 (`running/all`) and 5 of /proc/loadavg
/// (proc(5)). While both are the same no process has come or gone.
struct TaskCount {
  std::uint64_t tasks = 0;
  int last_pid = 0;

  bool operator==(const TaskCount&) const = default;
};

/// Empty where the text is not of that form.
std::optional<TaskCount> parse_task_count(std::string_view text);

}  // namespace openclaw_lock
