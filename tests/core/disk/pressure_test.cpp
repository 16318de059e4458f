// SPDX-License-Identifier: Apache-2.0
#include "core/disk/pressure.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("parse_pressure: some and full, in microseconds") {
  const auto pressure = parse_pressure(
      "some avg10=0.27 avg60=1.02 avg300=1.80 total=72075914\n"
      "full avg10=0.00 avg60=0.57 avg300=0.92 total=20761446\n");
  REQUIRE(pressure);
  CHECK(*pressure == Pressure{72075914us, 20761446us});
}

TEST_CASE("parse_pressure: without full, as of the CPU before Linux 5.13") {
  const auto pressure =
      parse_pressure("some avg10=0.00 avg60=0.00 avg300=0.00 total=7");
  REQUIRE(pressure);
  CHECK(*pressure == Pressure{7us, {}});
}

TEST_CASE("parse_pressure: lines of other names are left out") {
  const auto pressure = parse_pressure("most total=1\n\nsome total=7\n");
  REQUIRE(pressure);
  CHECK(pressure->some == 7us);
}

TEST_CASE("parse_pressure: without a valid total of some it is malformed") {
  for (const std::string text :
       {"", "\n", "some\n", "some avg10=0.00\n", "some total=\n",
        "some total=-1\n", "some total=1x\n", "some total=99999999999999999999",
        "full total=1\n", "something total=1\n"}) {
    CAPTURE(text);
    const auto pressure = parse_pressure(text);
    REQUIRE_FALSE(pressure);
    CHECK(pressure.problem().fault == Fault::malformed);
  }
}
