// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition_text.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <limits>
#include <utility>
#include <vector>

namespace openclaw_lock {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename Number>
std::string number(Number value) {
  std::array<char, kMaxNumberBytes> text{};
  return {text.data(), write_number(text.data(), value)};
}

std::string bound(double value, WholeBound whole) {
  std::string text;
  append_bound(text, value, whole);
  return text;
}

std::string escaped(std::string_view value, Quotes quotes) {
  std::string text;
  append_escaped(text, value, quotes);
  return text;
}

TEST_CASE("write_number: every number reads back the same") {
  for (const double value :
       {0.0, 1.0, -1.0, 0.1 + 0.2, 1e15, 1e16, 1e-7, 5e-324, 123456.789,
        1763680202.836, std::numeric_limits<double>::max(), 1.0 / 3}) {
    CAPTURE(value);
    CHECK(std::strtod(number(value).c_str(), nullptr) == value);
  }
  CHECK(number(0.1) == "0.1");
  CHECK(number(1700000000.0) == "1700000000");
  CHECK(number(1763680202.836) == "1763680202.836");
  CHECK(number(-0.0) == "-0");
}

TEST_CASE("write_number: what is no ordinary number has its own words") {
  CHECK(number(kInfinity) == "+Inf");
  CHECK(number(-kInfinity) == "-Inf");
  CHECK(number(kNan) == "NaN");
  CHECK(number(-kNan) == "NaN");
}

TEST_CASE("write_number: whole numbers up to their limits") {
  CHECK(number(std::uint64_t{0}) == "0");
  CHECK(number(std::numeric_limits<std::uint64_t>::max()) ==
        "18446744073709551615");
}

TEST_CASE("write_number: none is longer than kMaxNumberBytes") {
  for (const double value :
       {-std::numeric_limits<double>::max(),
        -std::numeric_limits<double>::denorm_min(),
        -std::numeric_limits<double>::min(), -1.2345678901234567e-100,
        -999999999999999.0, -0.00012345678901234567, -123456789012345680.0})
    CHECK(number(value).size() <= kMaxNumberBytes - 4);
}

TEST_CASE("append_bound: the canonical form of OpenMetrics") {
  const std::vector<std::pair<double, const char*>> canonical{
      {-kInfinity, "-Inf"}, {-1, "-1.0"},       {-0.0, "0.0"},
      {1e-10, "1e-10"},     {1e-5, "1e-05"},    {0.0001, "0.0001"},
      {0.001, "0.001"},     {0.95, "0.95"},     {1, "1.0"},
      {10, "10.0"},         {300, "300.0"},     {100000, "100000.0"},
      {1e6, "1e+06"},       {1.5e7, "1.5e+07"}, {1e10, "1e+10"},
      {kInfinity, "+Inf"}};
  for (const auto& [value, expected] : canonical)
    CHECK(bound(value, WholeBound::with_decimal) == expected);
}

TEST_CASE("append_bound: plain whole numbers in the text format") {
  CHECK(bound(1, WholeBound::plain) == "1");
  CHECK(bound(1800, WholeBound::plain) == "1800");
  CHECK(bound(0.005, WholeBound::plain) == "0.005");
  CHECK(bound(1e6, WholeBound::plain) == "1e+06");
}

TEST_CASE("append_escaped: one line of valid UTF-8, quotes as asked") {
  CHECK(escaped("", Quotes::escape).empty());
  CHECK(escaped(R"(a\"b)", Quotes::escape) == R"(a\\\"b)");
  CHECK(escaped(R"(a\"b)", Quotes::keep) == R"(a\\"b)");
  CHECK(escaped("\na\n\n\"ä\n", Quotes::escape) == R"(\na\n\n\"ä\n)");
  CHECK(escaped("\xff\r\x7f", Quotes::keep) ==
        "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(escaped(std::string(100000, '\n'), Quotes::keep).size() == 200000);
}

TEST_CASE("is_metric_name: what Prometheus accepts") {
  for (const char* name : {"a", "_", "A_1", "openclaw_lock_files", "a:b"})
    CHECK(is_metric_name(name));
  for (const char* name : {"", "1a", "a-b", "a b", "a\n", "ä", "a{", "a\""})
    CHECK_FALSE(is_metric_name(name));
}

}  // namespace
}  // namespace openclaw_lock
