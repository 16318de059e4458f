// SPDX-License-Identifier: Apache-2.0
#include "core/base/wall_time.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

WallTime at(std::int64_t milliseconds) {
  return WallTime{std::chrono::milliseconds{milliseconds}};
}

}  // namespace

TEST_CASE("parse_iso8601: the form of Date.toISOString") {
  CHECK(parse_iso8601("2026-11-20T23:10:02.836Z") == at(1795216202836));
  CHECK(parse_iso8601("1970-01-01T00:00:00.000Z") == at(0));
  CHECK(parse_iso8601("9999-12-31T23:59:59.999Z") == at(253402300799999));
}

TEST_CASE("parse_iso8601: an offset is taken away") {
  CHECK(parse_iso8601("2026-11-21T01:10:02.836+02:00") == at(1795216202836));
  CHECK(parse_iso8601("2026-11-20T17:40:02.836-05:30") == at(1795216202836));
  CHECK(parse_iso8601("1970-01-01T00:00:00+01:00") == at(-3600000));
}

TEST_CASE("parse_iso8601: a fraction has up to 9 digits, cut to 3") {
  CHECK(parse_iso8601("1970-01-01T00:00:01Z") == at(1000));
  CHECK(parse_iso8601("1970-01-01T00:00:01.5Z") == at(1500));
  CHECK(parse_iso8601("1970-01-01T00:00:01.05Z") == at(1050));
  CHECK(parse_iso8601("1970-01-01T00:00:01.123999999Z") == at(1123));
  CHECK_FALSE(parse_iso8601("1970-01-01T00:00:01.Z"));
  CHECK_FALSE(parse_iso8601("1970-01-01T00:00:01.1234567890Z"));
  CHECK_FALSE(
      parse_iso8601("1970-01-01T00:00:01." + std::string(100000, '9') + 'Z'));
}

TEST_CASE("parse_iso8601: hour 24 is hour 0 of the same date") {
  CHECK(parse_iso8601("1970-01-02T24:00:01Z") == at(86401000));
  CHECK(parse_iso8601("1970-01-02T24:59:59.999Z") == at(89999999));
  CHECK_FALSE(parse_iso8601("1970-01-02T25:00:00Z"));
}

TEST_CASE("parse_iso8601: a leap second is the second after") {
  CHECK(parse_iso8601("2016-12-31T23:59:60Z") ==
        parse_iso8601("2017-01-01T00:00:00Z"));
  CHECK_FALSE(parse_iso8601("2016-12-31T23:59:61Z"));
}

TEST_CASE("parse_iso8601: days that are not in the calendar are refused") {
  CHECK(parse_iso8601("2024-02-29T00:00:00Z"));
  CHECK(parse_iso8601("2000-02-29T00:00:00Z"));
  for (const char* text :
       {"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z", "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
}

TEST_CASE("parse_iso8601: other forms are refused") {
  for (const char* text : {"",
                           "Z",
                           "2026",
                           "2026-11-20",
                           "2026-11-20T23:10",
                           "20261120T231002Z",
                           "2026-11-20 23:10:02Z",
                           "2026-11-20t23:10:02Z",
                           "2026-11-20T23:10:02z",
                           "2026-11-20T23:10:02",
                           "2026-11-20T23:10:02+0200",
                           "2026-11-20T23:10:02+02",
                           "2026-11-20T23:10:02+24:00",
                           "2026-11-20T23:10:02+02:60",
                           "2026-11-20T23:10:02ZZ",
                           "2026-11-20T23:10:02Z ",
                           " 2026-11-20T23:10:02Z",
                           "2026-11-20T23:60:02Z",
                           "2026-11-20T23:10:02,836Z",
                           "+2026-11-20T23:10:02Z",
                           "-271821-04-20T00:00:00.000Z",
                           "+275760-09-13T00:00:00.000Z",
                           "2026-1-20T23:10:02Z",
                           "2026- 1-20T23:10:02Z",
                           "2026-+1-20T23:10:02Z",
                           "2026--1-20T23:10:02Z",
                           "2026-11-20T-1:10:02Z",
                           "2026-W47-5T23:10:02Z",
                           "\xEF\xBB\xBF"
                           "2026-11-20T23:10:02Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
  using namespace std::string_view_literals;
  CHECK_FALSE(parse_iso8601("2026-11-20T23:10:02Z\0"sv));
}

TEST_CASE("parse_iso8601: no prefix of a good text is good") {
  const std::string whole = "2026-11-20T23:10:02.836+02:00";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_iso8601(std::string_view{whole}.substr(0, size)));
  }
  CHECK(parse_iso8601(whole));
}

TEST_CASE("to_seconds: milliseconds become the fraction") {
  CHECK(to_seconds(1500ms) == doctest::Approx(1.5));
  CHECK(to_seconds(-1ms) == doctest::Approx(-0.001));
}

TEST_CASE("to_iso8601: what parse_iso8601 reads") {
  for (const std::string text :
       {"1970-01-01T00:00:00.000Z", "2026-11-20T23:10:02.836Z",
        "2024-02-29T09:08:07.006Z", "9999-12-31T23:59:59.999Z"})
    CHECK(to_iso8601(*parse_iso8601(text)) == text);
  CHECK(to_iso8601(WallTime::min()) == "1970-01-01T00:00:00.000Z");
  CHECK(to_iso8601(WallTime::max()) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("from_epoch_microseconds: cut to the millisecond, to the year 9999") {
  CHECK(from_epoch_microseconds(0) == WallTime{});
  CHECK(from_epoch_microseconds(UINT64_C(1795216202836999)) ==
        parse_iso8601("2026-11-20T23:10:02.836Z"));
  CHECK(from_epoch_microseconds(UINT64_C(253402300799999999)) ==
        parse_iso8601("9999-12-31T23:59:59.999Z"));
  CHECK_FALSE(from_epoch_microseconds(UINT64_C(253402300800000000)));
  CHECK_FALSE(from_epoch_microseconds(UINT64_MAX));
}
