// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/boot_time.h"

#include <algorithm>
#include <cstdint>

#include "core/base/text.h"

namespace openclaw_lock {

Result<WallTime> parse_boot_time(std::string_view text) {
  constexpr std::int64_t kMaxSeconds = INT64_C(253402300799);  // year 9999
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto fields = split_blanks(line);
    if (fields.size() != 2 || fields[0] != "btime") continue;
    const auto seconds = parse_integer<std::int64_t>(fields[1]);
    if (!seconds || *seconds < 0 || *seconds > kMaxSeconds) break;
    return WallTime{std::chrono::seconds{*seconds}};
  }
  return Problem{Fault::malformed, "stat", "no valid line btime"};
}

}  // namespace openclaw_lock
