// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;

namespace {

std::string samples(const GatewaySnapshot& gateway) {
  return without_comments(expose(source_metrics(), fleet_of({gateway})));
}

}  // namespace

TEST_CASE("source metrics: each source that is on") {
  CHECK(samples(gateway_with_lock("main")) ==
        "openclaw_lock_source_duration_seconds{gateway=\"main\","
        "source=\"locks\"} 0.0015\n"
        "openclaw_lock_source_duration_seconds{gateway=\"main\","
        "source=\"processes\"} 0.0015\n"
        "openclaw_lock_source_last_success_timestamp_seconds{gateway=\"main\","
        "source=\"locks\"} 1795216202\n"
        "openclaw_lock_source_last_success_timestamp_seconds{gateway=\"main\","
        "source=\"processes\"} 1795216202\n"
        "openclaw_lock_source_up{gateway=\"main\",source=\"locks\"} 1\n"
        "openclaw_lock_source_up{gateway=\"main\",source=\"processes\"} 1\n");
  const auto all = samples(idle_gateway("main"));
  CHECK(count_lines(all, "openclaw_lock_source_up{") == 4);
  CHECK(count_lines(all, "openclaw_lock_source_problems_total") == 0);
}

TEST_CASE("source metrics: before its first round a reader is down") {
  GatewaySnapshot gateway{"main"};
  gateway.readings.put<LockFacts>(SourceName::locks, nullptr, {});
  CHECK(samples(gateway) ==
        "openclaw_lock_source_up{gateway=\"main\",source=\"locks\"} 0\n");
}

TEST_CASE("source metrics: a problem comes with its first occurrence") {
  auto gateway = gateway_with_lock("main");
  gateway.readings.health_of<LockFacts>()
      ->problems[static_cast<std::size_t>(Fault::too_big)] = 2;
  auto census = healthy();
  census.problems[static_cast<std::size_t>(Fault::pid_namespace)] = 5;
  gateway.readings.put_census(census);
  const auto text = samples(gateway);
  CHECK(count_lines(text, "openclaw_lock_source_problems_total") == 2);
  CHECK(has_line(text, R"(openclaw_lock_source_problems_total{gateway="main",)"
                       R"(problem="too_big",source="locks"} 2)"));
  CHECK(has_line(text, R"(openclaw_lock_source_problems_total{gateway="main",)"
                       R"(problem="namespace",source="processes"} 5)"));
}
