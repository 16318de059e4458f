// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/memory_events.h"

#include <algorithm>

#include "core/base/text.h"

namespace openclaw_lock {

std::optional<std::uint64_t> parse_oom_kills(std::string_view text) {
  constexpr std::string_view kName = "oom_kill ";
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.starts_with(kName))
      return parse_integer<std::uint64_t>(line.substr(kName.size()));
  }
  return {};
}

}  // namespace openclaw_lock
