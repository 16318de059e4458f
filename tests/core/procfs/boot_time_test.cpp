// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/boot_time.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("parse_boot_time: the line btime") {
  const auto boot = parse_boot_time(
      "cpu  1 2 3 4\ncpu0 1 2 3 4\nintr 7 0 0\nctxt 9\nbtime 1795214918\n"
      "processes 25434\n");
  REQUIRE(boot);
  CHECK(*boot == parse_iso8601("2026-11-20T22:48:38Z"));
}

TEST_CASE("parse_boot_time: the first and the last second") {
  CHECK(*parse_boot_time("btime 0") == WallTime{});
  CHECK(*parse_boot_time("btime 253402300799\n") ==
        parse_iso8601("9999-12-31T23:59:59Z"));
}

TEST_CASE("parse_boot_time: without a valid line it is malformed") {
  for (const std::string text :
       {"", "\n\n", "cpu 1\n", "btime\n", "btime \n", "btime x\n", "btime -1\n",
        "btime 253402300800\n", "btime 1 2\n", "xbtime 1\n", "btimes 1\n",
        "btime 1.5\n", "btime 99999999999999999999\n"}) {
    CAPTURE(text);
    const auto boot = parse_boot_time(text);
    REQUIRE_FALSE(boot);
    CHECK(boot.problem().fault == Fault::malformed);
  }
}

TEST_CASE("parse_boot_time: a line of thousands of interrupts is no trouble") {
  std::string text = "intr";
  for (int i = 0; i < 100'000; ++i) text += " 0";
  CHECK(parse_boot_time(text + "\nbtime 7\n"));
}
