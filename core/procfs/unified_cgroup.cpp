// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/unified_cgroup.h"

#include <algorithm>

namespace openclaw_lock {

std::optional<std::string> parse_unified_cgroup(std::string_view text) {
  constexpr std::string_view kUnified = "0::";
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(kUnified)) continue;
    line.remove_prefix(kUnified.size());
    if (line.starts_with('/')) return std::string{line};
  }
  return {};
}

}  // namespace openclaw_lock
