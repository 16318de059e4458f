// SPDX-License-Identifier: Apache-2.0
#include "core/disk/pressure.h"

#include <algorithm>
#include <cstdint>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

using std::chrono::microseconds;

std::optional<microseconds> total_of(std::string_view text,
                                     std::string_view severity) {
  constexpr std::string_view kTotal = "total=";
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto fields = split_blanks(line);
    if (fields.empty() || fields[0] != severity) continue;
    for (const auto field : fields) {
      if (!field.starts_with(kTotal)) continue;
      const auto total =
          parse_integer<std::int64_t>(field.substr(kTotal.size()));
      if (total && *total >= 0) return microseconds{*total};
    }
  }
  return {};
}

}  // namespace

Result<Pressure> parse_pressure(std::string_view text) {
  const auto some = total_of(text, "some");
  if (!some) return Problem{Fault::malformed, "pressure", "no valid total"};
  return Pressure{*some, total_of(text, "full")};
}

}  // namespace openclaw_lock
