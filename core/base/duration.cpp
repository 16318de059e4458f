// SPDX-License-Identifier: Apache-2.0
#include "core/base/duration.h"

#include <array>
#include <cstdint>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

struct Unit {
  std::string_view name;
  std::chrono::milliseconds length;
};

constexpr std::array<Unit, 5> kUnits{{
    {"d", std::chrono::hours{24}},
    {"h", std::chrono::hours{1}},
    {"m", std::chrono::minutes{1}},
    {"s", std::chrono::seconds{1}},
    {"ms", std::chrono::milliseconds{1}},
}};

constexpr std::chrono::milliseconds kLongest = std::chrono::hours{24 * 365};

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return {};
  std::chrono::milliseconds total{0};
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return {};
    const auto count = parse_integer<std::int32_t>(text.substr(0, digits));
    if (!count) return {};
    text.remove_prefix(digits);
    const auto name = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name)
      ++next_unit;
    if (next_unit == kUnits.size()) return {};
    total += *count * kUnits[next_unit].length;
    if (total > kLongest) return {};
    ++next_unit;
    text.remove_prefix(name.size());
  }
  return total;
}

}  // namespace openclaw_lock
