// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/pressure_sampler.h"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// The health after a first round.
SourceHealth settled(const PressureSampler& sampler) {
  const auto end = std::chrono::steady_clock::now() + 1min;
  while (!sampler.source().health().settled &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  return sampler.source().health();
}

}  // namespace

TEST_CASE("PressureSampler: shows what the file says") {
  const TempTree tree{{"io", "some total=7\nfull total=5\n"}};
  PressureSampler sampler{tree.path("io"), {1h, 1h}};
  CHECK(settled(sampler).up);
  const auto pressure = sampler.source().latest();
  REQUIRE(pressure);
  CHECK(*pressure == Pressure{7us, 5us});
  CHECK(sampler.stop(1min));
}

TEST_CASE("PressureSampler: a kernel without the file is no failure") {
  const TempTree tree;
  PressureSampler sampler{tree.path("io"), {1h, 1h}};
  CHECK(settled(sampler).up);
  CHECK_FALSE(sampler.source().latest());
}

TEST_CASE("PressureSampler: a file of another form is one") {
  const TempTree tree{{"io", "total=7\n"}};
  PressureSampler sampler{tree.path("io"), {1h, 1h}};
  const auto health = settled(sampler);
  CHECK_FALSE(health.up);
  CHECK(health.problems[static_cast<std::size_t>(Fault::malformed)] == 1);
  CHECK_FALSE(sampler.source().latest());
}
