// SPDX-License-Identifier: Apache-2.0
#include "core/base/wall_time.h"

#include <algorithm>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

/// Takes fixed-width fields and single characters off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_{text} {}

  bool skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<int> digits(std::size_t width) {
    if (rest_.size() < width) return {};
    const auto value = parse_integer<unsigned>(rest_.substr(0, width));
    if (!value) return {};
    rest_.remove_prefix(width);
    return static_cast<int>(*value);
  }

  /// Milliseconds of a fraction of 1 to 9 digits.
  std::optional<int> fraction() {
    std::size_t width = 0;
    int value = 0;
    for (; width < rest_.size() && rest_[width] >= '0' && rest_[width] <= '9';
         ++width) {
      if (width < 3) value = value * 10 + (rest_[width] - '0');
    }
    if (width == 0 || width > 9) return {};
    for (std::size_t scale = width; scale < 3; ++scale) value *= 10;
    rest_.remove_prefix(width);
    return value;
  }

  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<std::chrono::sys_days> parse_date(Cursor& cursor) {
  const auto year = cursor.digits(4);
  if (!year || *year < 1970 || !cursor.skip('-')) return {};
  const auto month = cursor.digits(2);
  if (!month || !cursor.skip('-')) return {};
  const auto day = cursor.digits(2);
  if (!day) return {};
  const std::chrono::year_month_day date{
      std::chrono::year{*year},
      std::chrono::month{static_cast<unsigned>(*month)},
      std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return {};
  return std::chrono::sys_days{date};
}

std::optional<std::chrono::milliseconds> parse_time_of_day(Cursor& cursor) {
  const auto hour = cursor.digits(2);
  if (!hour || *hour > 24 || !cursor.skip(':')) return {};
  const auto minute = cursor.digits(2);
  if (!minute || *minute > 59 || !cursor.skip(':')) return {};
  const auto second = cursor.digits(2);
  if (!second || *second > 60) return {};
  int millisecond = 0;
  if (cursor.skip('.')) {
    const auto fraction = cursor.fraction();
    if (!fraction) return {};
    millisecond = *fraction;
  }
  return std::chrono::hours{*hour % 24} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + std::chrono::milliseconds{millisecond};
}

std::optional<std::chrono::minutes> parse_zone(Cursor& cursor) {
  if (cursor.skip('Z')) return std::chrono::minutes{0};
  const bool east = cursor.skip('+');
  if (!east && !cursor.skip('-')) return {};
  const auto hour = cursor.digits(2);
  if (!hour || *hour > 23 || !cursor.skip(':')) return {};
  const auto minute = cursor.digits(2);
  if (!minute || *minute > 59) return {};
  const std::chrono::minutes offset{*hour * 60 + *minute};
  return east ? offset : -offset;
}

}  // namespace

std::optional<WallTime> from_epoch_microseconds(std::uint64_t count) {
  constexpr auto kLast = UINT64_C(253402300799999999);
  if (count > kLast) return {};
  return WallTime{
      std::chrono::milliseconds{static_cast<std::int64_t>(count / 1000)}};
}

std::optional<WallTime> parse_iso8601(std::string_view text) {
  Cursor cursor{text};
  const auto date = parse_date(cursor);
  if (!date || !cursor.skip('T')) return {};
  const auto time = parse_time_of_day(cursor);
  if (!time) return {};
  const auto zone = parse_zone(cursor);
  if (!zone || !cursor.at_end()) return {};
  return WallTime{*date} + *time - *zone;
}

std::string to_iso8601(WallTime time) {
  using namespace std::chrono;
  const auto bounded = std::clamp(
      time, WallTime{}, WallTime{milliseconds{INT64_C(253402300799999)}});
  const auto day = floor<days>(bounded);
  const year_month_day date{day};
  const hh_mm_ss clock{bounded - day};
  const auto padded = [](std::int64_t number, std::size_t width) {
    auto digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
  };
  return padded(static_cast<int>(date.year()), 4) + '-' +
         padded(static_cast<unsigned>(date.month()), 2) + '-' +
         padded(static_cast<unsigned>(date.day()), 2) + 'T' +
         padded(clock.hours().count(), 2) + ':' +
         padded(clock.minutes().count(), 2) + ':' +
         padded(clock.seconds().count(), 2) + '.' +
         padded(clock.subseconds().count(), 3) + 'Z';
}

}  // namespace openclaw_lock
