// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/task_count.h"

#include "core/base/text.h"

namespace openclaw_lock {

std::optional<TaskCount> parse_task_count(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  const auto fields = split_blanks(text);
  if (fields.size() != 5) return {};
  const auto slash = fields[3].find('/');
  if (slash == std::string_view::npos) return {};
  const auto tasks = parse_integer<std::uint64_t>(fields[3].substr(slash + 1));
  const auto last_pid = parse_integer<int>(fields[4]);
  if (!tasks || !last_pid) return {};
  return TaskCount{*tasks, *last_pid};
}

}  // namespace openclaw_lock
