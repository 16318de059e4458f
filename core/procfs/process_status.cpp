// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_status.h"

#include <optional>
#include <string>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxLevels = 33;

/// What follows `name:` on the first line that starts with it.
std::optional<std::string_view> value_of(std::string_view text,
                                         std::string_view name) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    if (line.size() > name.size() && line.starts_with(name) &&
        line[name.size()] == ':')
      return line.substr(name.size() + 1);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return {};
}

}  // namespace

Result<std::vector<int>> parse_ns_pids(std::string_view status) {
  auto value = value_of(status, "NSpid");
  if (!value) value = value_of(status, "Pid");
  if (!value) return Problem{Fault::malformed, "status", "no line NSpid"};
  std::vector<int> pids;
  for (const auto piece : split_blanks(*value)) {
    const auto pid = parse_integer<int>(piece);
    // A process outside the mount's namespace shows as 0.
    if (!pid || *pid < 0 || pids.size() == kMaxLevels)
      return Problem{Fault::malformed, "status", "no valid NSpid"};
    pids.push_back(*pid);
  }
  if (pids.empty()) return Problem{Fault::malformed, "status", "empty NSpid"};
  return pids;
}

}  // namespace openclaw_lock
