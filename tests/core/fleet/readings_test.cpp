// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/readings.h"

#include <doctest/doctest.h>

#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

struct Whole {
  int value = 0;
};
struct Part {
  int value = 0;
};

SourceHealth met(Fault fault, std::uint64_t times) {
  auto health = healthy();
  health.problems[static_cast<std::size_t>(fault)] = times;
  return health;
}

std::uint64_t count(const SourceHealth& health, Fault fault) {
  return health.problems[static_cast<std::size_t>(fault)];
}

std::size_t readers(const Readings& readings) {
  std::size_t found = 0;
  readings.for_each_health([&](const SourceHealth&) { ++found; });
  return found;
}

}  // namespace

TEST_CASE("Readings: facts by their type") {
  Readings readings;
  CHECK_FALSE(readings.latest<Whole>());
  CHECK_FALSE(readings.present<Whole>());
  CHECK_FALSE(readings.health_of<Whole>());

  readings.put<Whole>(SourceName::locks, std::make_shared<Whole>(Whole{1}),
                      healthy());
  readings.put<Part>(SourceName::logs, std::make_shared<Part>(Part{2}),
                     healthy());
  REQUIRE(readings.latest<Whole>());
  REQUIRE(readings.latest<Part>());
  CHECK(readings.latest<Whole>()->value == 1);
  CHECK(readings.latest<Part>()->value == 2);
  CHECK(readings.present<Part>() == readings.latest<Part>());
  CHECK(readers(readings) == 2);
}

TEST_CASE("Readings: later facts of a type replace the earlier") {
  Readings readings;
  readings.put<Whole>(SourceName::locks, nullptr, {});
  CHECK_FALSE(readings.latest<Whole>());
  REQUIRE(readings.health_of<Whole>());
  CHECK_FALSE(readings.health_of<Whole>()->up);
  readings.put<Whole>(SourceName::locks, std::make_shared<Whole>(Whole{2}),
                      healthy());
  CHECK(readings.latest<Whole>()->value == 2);
  CHECK(readings.health_of<Whole>()->up);
  CHECK(readers(readings) == 1);
}

TEST_CASE("Readings: a copy has its own healths") {
  Readings readings;
  readings.put<Whole>(SourceName::locks, std::make_shared<Whole>(), healthy());
  auto copy = readings;
  copy.health_of<Whole>()->fresh = false;
  CHECK(readings.present<Whole>());
  CHECK_FALSE(copy.present<Whole>());
  CHECK(copy.latest<Whole>() == readings.latest<Whole>());
}

TEST_CASE("Readings: a reader that is switched off has neither") {
  Readings readings;
  readings.put<Whole>(SourceName::locks, std::make_shared<Whole>(), healthy());
  readings.remove<Part>();
  CHECK(readings.latest<Whole>());
  readings.remove<Whole>();
  CHECK_FALSE(readings.latest<Whole>());
  CHECK_FALSE(readings.health_of<Whole>());
  CHECK_FALSE(readings.health(SourceName::locks));
}

TEST_CASE("Readings: more readers than usual") {
  Readings readings;
  const auto put = [&]<std::size_t... Number>(std::index_sequence<Number...>) {
    (readings.put<std::integral_constant<std::size_t, Number>>(
         SourceName::disk, nullptr, met(Fault::io, 1)),
     ...);
  };
  put(std::make_index_sequence<12>{});
  CHECK(readers(readings) == 12);
  CHECK(count(*readings.health(SourceName::disk), Fault::io) == 12);
}

TEST_CASE("Readings::health: the first of a source is the whole") {
  Readings readings;
  auto whole = met(Fault::io, 1);
  whole.last_duration = 7us;
  readings.put<Whole>(SourceName::disk, nullptr, whole);
  CHECK(readings.health(SourceName::disk) == whole);

  auto part = met(Fault::io, 2);
  part.last_duration = 9us;
  part.last_success_at = {};
  part.fresh = false;
  readings.put<Part>(SourceName::disk, nullptr, part);
  auto expected = whole;
  expected.problems[static_cast<std::size_t>(Fault::io)] = 3;
  CHECK(readings.health(SourceName::disk) == expected);
  CHECK_FALSE(readings.health(SourceName::logs));

  readings.remove<Whole>();
  CHECK(readings.health(SourceName::disk) == part);
}

TEST_CASE("Readings::health: a part is waited for until it has settled") {
  Readings readings;
  readings.put<Whole>(SourceName::disk, nullptr, healthy());
  readings.put<Part>(SourceName::disk, nullptr, {});
  const auto up = [&] { return readings.health(SourceName::disk)->up; };
  CHECK(up());
  readings.health_of<Part>()->settled = true;
  CHECK_FALSE(up());
  readings.health_of<Part>()->up = true;
  CHECK(up());
  readings.health_of<Whole>()->up = false;
  CHECK_FALSE(up());
}

TEST_CASE("Readings::health: the census is the whole of the processes") {
  Readings readings;
  readings.put<Part>(SourceName::processes, nullptr, met(Fault::denied, 3));
  CHECK_FALSE(readings.health(SourceName::processes));

  auto census = met(Fault::denied, 1);
  census.last_duration = 7us;
  readings.put_census(census);
  const auto joined = readings.health(SourceName::processes);
  REQUIRE(joined);
  CHECK(count(*joined, Fault::denied) == 4);
  CHECK(joined->last_duration == 7us);
  CHECK(readers(readings) == 1);  // it is of no gateway

  readings.remove<Part>();
  CHECK(readings.health(SourceName::processes) == census);
}
