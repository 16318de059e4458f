// SPDX-License-Identifier: Apache-2.0
#include "core/base/javascript_date.h"

#include <algorithm>
#include <cstdint>

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// Of Date: 100,000,000 days on either side of 1970.
constexpr milliseconds kFurthest{INT64_C(8'640'000'000'000'000)};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes tokens off the front of a text.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : rest_{text} {}

  bool at_end() const { return rest_.empty(); }

  bool skip(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Of a letter, in either size.
  bool skip_letter(char small) {
    return skip(small) || skip(static_cast<char>(small - 'a' + 'A'));
  }

  /// 1 or -1.
  std::optional<int> sign() {
    if (skip('+')) return 1;
    if (skip('-')) return -1;
    return {};
  }

  /// A number of just this many digits.
  std::optional<int> number(std::size_t digits) {
    if (run_of_digits() != digits) return {};
    int value = 0;
    for (const char c : rest_.substr(0, digits)) value = value * 10 + (c - '0');
    rest_.remove_prefix(digits);
    return value;
  }

  /// The same, at most `last`.
  std::optional<int> number(std::size_t digits, int first, int last) {
    const auto value = number(digits);
    return value && *value >= first && *value <= last ? value : std::nullopt;
  }

  /// A fraction of a second, cut to the millisecond; or one that is nothing.
  std::optional<int> fraction(bool nothing) {
    const auto length = run_of_digits();
    if (length == 0) return {};
    auto digits = rest_.substr(0, length);
    rest_.remove_prefix(length);
    // V8 keeps nine digits behind the zeros in front, and counts all.
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), length));
    if (nothing && !digits.empty()) return {};
    int value = 0;
    for (const char c : digits.substr(0, kKept)) value = value * 10 + (c - '0');
    for (std::size_t i = length; i < 3; ++i) value *= 10;
    for (std::size_t i = 3; i < std::min(length, kKept); ++i) value /= 10;
    return value;
  }

 private:
  static constexpr std::size_t kKept = 9;

  std::size_t run_of_digits() const {
    return static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_digit) -
                                    rest_.begin());
  }

  std::string_view rest_;
};

std::optional<int> parse_year(Tokens& tokens) {
  const auto sign = tokens.sign();
  if (!sign) return tokens.number(4);
  const auto year = tokens.number(6);
  if (!year || (*sign < 0 && *year == 0)) return {};
  return *sign * *year;
}

std::optional<milliseconds> parse_date(Tokens& tokens) {
  const auto year = parse_year(tokens);
  if (!year) return {};
  int month = 1;
  int day = 1;
  if (tokens.skip('-')) {
    const auto given = tokens.number(2, 1, 12);
    if (!given) return {};
    month = *given;
    if (tokens.skip('-')) {
      const auto day_given = tokens.number(2, 1, 31);
      if (!day_given) return {};
      day = *day_given;
    }
  }
  // Beyond the years that std::chrono knows lies no instant of Date either.
  constexpr int kLastYear = 300'000;
  if (*year > kLastYear || *year < -kLastYear) return {};
  // 400 years are always as long: by them into the range of std::chrono::year.
  constexpr int kCycle = 400;
  constexpr std::int64_t kDaysOfCycle = 146'097;
  const int cycles = *year / kCycle;
  const std::chrono::sys_days first{std::chrono::year_month_day{
      std::chrono::year{*year % kCycle},
      std::chrono::month{static_cast<unsigned>(month)}, std::chrono::day{1}}};
  return milliseconds{first.time_since_epoch()} +
         std::chrono::days{cycles * kDaysOfCycle + day - 1};
}

std::optional<milliseconds> parse_time_of_day(Tokens& tokens) {
  const auto hour = tokens.number(2, 0, 24);
  if (!hour || !tokens.skip(':')) return {};
  const int last = *hour == 24 ? 0 : 59;
  const auto minute = tokens.number(2, 0, last);
  if (!minute) return {};
  auto time =
      milliseconds{std::chrono::hours{*hour}} + std::chrono::minutes{*minute};
  if (!tokens.skip(':')) return time;
  const auto second = tokens.number(2, 0, last);
  if (!second) return {};
  time += std::chrono::seconds{*second};
  if (!tokens.skip('.')) return time;
  const auto fraction = tokens.fraction(*hour == 24);
  if (!fraction) return {};
  return time + milliseconds{*fraction};
}

/// Of an offset behind its sign.
std::optional<std::chrono::minutes> parse_offset(Tokens& tokens) {
  if (const auto both = tokens.number(4)) {
    if (*both / 100 > 23 || *both % 100 > 59) return {};
    return std::chrono::minutes{*both / 100 * 60 + *both % 100};
  }
  const auto hour = tokens.number(2, 0, 23);
  if (!hour || !tokens.skip(':')) return {};
  const auto minute = tokens.number(2, 0, 59);
  if (!minute) return {};
  return std::chrono::minutes{*hour * 60 + *minute};
}

}  // namespace

std::optional<JavascriptDate> parse_javascript_date(std::string_view text) {
  Tokens tokens{text};
  const auto date = parse_date(tokens);
  if (!date) return {};
  auto time = *date;
  bool is_local = false;
  if (tokens.skip_letter('t')) {
    const auto time_of_day = parse_time_of_day(tokens);
    if (!time_of_day) return {};
    time += *time_of_day;
    if (const auto sign = tokens.sign()) {
      const auto offset = parse_offset(tokens);
      if (!offset) return {};
      time -= *sign * *offset;
    } else {
      is_local = !tokens.skip_letter('z');
    }
  }
  if (!tokens.at_end() || time > kFurthest || time < -kFurthest) return {};
  return JavascriptDate{WallTime{time}, is_local};
}

}  // namespace openclaw_lock
