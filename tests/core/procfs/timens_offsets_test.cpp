// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/timens_offsets.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

std::int64_t ticks(const std::string& text, long hertz = 100) {
  const auto offset = parse_boottime_offset_ticks(text, hertz);
  REQUIRE(offset);
  return *offset;
}

}  // namespace

TEST_CASE("parse_boottime_offset_ticks: as the kernel writes it") {
  CHECK(ticks("monotonic           0         0\n"
              "boottime            0         0\n") == 0);
  CHECK(ticks("monotonic           5         0\n"
              "boottime      1000000         0\n") == 100'000'000);
  CHECK(ticks("boottime 7 0") == 700);
}

TEST_CASE(
    "parse_boottime_offset_ticks: a negative offset has positive "
    "nanoseconds") {
  CHECK(ticks("monotonic 0 0\nboottime -10 0\n") == -1000);
  CHECK(ticks("boottime -10 500000000\n") == -950);
}

TEST_CASE(
    "parse_boottime_offset_ticks: rounds away from zero, so that 0 is "
    "none at all") {
  CHECK(ticks("boottime 0 5000000") == 1);
  CHECK(ticks("boottime 0 10000000") == 1);
  CHECK(ticks("boottime 0 10000001") == 2);
  CHECK(ticks("boottime -1 995000000") == -1);
  CHECK(ticks("boottime -1 990000000") == -1);
  CHECK(ticks("boottime -1 989999999") == -2);
}

TEST_CASE("parse_boottime_offset_ticks: other tick rates") {
  CHECK(ticks("boottime 3 500000000", 1000) == 3500);
  CHECK(ticks("boottime 3 500000000", 1) == 4);
}

TEST_CASE("parse_boottime_offset_ticks: numbers out of range are malformed") {
  for (const std::string numbers :
       {"0 1000000000", "0 -1", "1099511627777 0", "-1099511627777 0",
        "9223372036854775808 0", "0 9223372036854775808", "1e3 0", "0x10 0",
        "+5 0", "5", "5 0 0", ""}) {
    CAPTURE(numbers);
    const auto offset =
        parse_boottime_offset_ticks("boottime " + numbers + "\n", 100);
    REQUIRE_FALSE(offset);
    CHECK(offset.problem().fault == Fault::malformed);
  }
  CHECK(ticks("boottime 1099511627776 0") == 109'951'162'777'600);
}

TEST_CASE("parse_boottime_offset_ticks: without the line it is malformed") {
  for (const std::string text :
       {"", "\n", "monotonic 0 0\n", "xboottime 1 0\n", "boottimes 1 0\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_boottime_offset_ticks(text, 100));
  }
}
