// SPDX-License-Identifier: Apache-2.0
#include "core/base/duration.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("parse_duration: each unit alone") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("5s") == 5s);
  CHECK(parse_duration("1m") == 1min);
  CHECK(parse_duration("2h") == 2h);
  CHECK(parse_duration("3d") == 72h);
  CHECK(parse_duration("0s") == 0ms);
}

TEST_CASE("parse_duration: units in falling order add up") {
  CHECK(parse_duration("1h30m") == 90min);
  CHECK(parse_duration("1d1h1m1s1ms") == 24h + 1h + 1min + 1s + 1ms);
  CHECK(parse_duration("1m5ms") == 1min + 5ms);
  CHECK(parse_duration("90m") == 90min);
  CHECK(parse_duration("007s") == 7s);
}

TEST_CASE("parse_duration: a unit twice or in rising order is refused") {
  for (const char* text : {"1s1s", "1s1m", "1ms1s", "1m1h", "1h1d"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("parse_duration: a bare number is refused") {
  for (const char* text : {"5", "0", "1h30", "12345678901234567890"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("parse_duration: what is no duration is refused") {
  for (const char* text :
       {"", "s", "ms", " 5s", "5s ", "5 s", "+5s", "-5s", "1.5s", "5S", "5sec",
        "1w", "1y", "5us", "0x5s", "1e3s", "5\xC2\xB5s", "\xD9\xA5s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
  using namespace std::string_view_literals;
  CHECK_FALSE(parse_duration("5s\0"sv));
  CHECK_FALSE(parse_duration("5\0s"sv));
}

TEST_CASE("parse_duration: the longest is 365 days") {
  CHECK(parse_duration("365d") == 24h * 365);
  CHECK(parse_duration("8760h") == 24h * 365);
  CHECK_FALSE(parse_duration("365d1ms"));
  CHECK_FALSE(parse_duration("366d"));
  CHECK_FALSE(parse_duration("2147483647d2147483647h2147483647m"));
  CHECK_FALSE(parse_duration("9223372036854775808d"));
  CHECK_FALSE(parse_duration("2147483648ms"));
  CHECK_FALSE(parse_duration(std::string(100000, '9') + "s"));
}
