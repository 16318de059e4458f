// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/timens_offsets.h"

#include <string>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kMaxSeconds = INT64_C(1) << 40;

}  // namespace

Result<std::int64_t> parse_boottime_offset_ticks(std::string_view text,
                                                 long ticks_per_second) {
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto fields = split_blanks(line);
    if (fields.size() != 3 || fields[0] != "boottime") continue;
    const auto seconds = parse_integer<std::int64_t>(fields[1]);
    const auto nanoseconds = parse_integer<std::int64_t>(fields[2]);
    if (!seconds || !nanoseconds || *seconds < -kMaxSeconds ||
        *seconds > kMaxSeconds || *nanoseconds < 0 ||
        *nanoseconds >= kNanosecondsPerSecond)
      break;
    const auto part = *nanoseconds * ticks_per_second;
    const bool rest = part % kNanosecondsPerSecond != 0;
    return *seconds * ticks_per_second + part / kNanosecondsPerSecond +
           (rest && *seconds >= 0 ? 1 : 0);
  }
  return Problem{Fault::malformed, "timens_offsets", "no valid line boottime"};
}

}  // namespace openclaw_lock
