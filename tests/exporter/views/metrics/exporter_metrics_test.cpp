// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;

namespace {

std::string samples(const FleetSnapshot& fleet) {
  return without_comments(expose(exporter_metrics(), fleet));
}

}  // namespace

TEST_CASE("exporter metrics: no gateway at all is a valid answer") {
  const auto text = samples(fleet_of({}));
  CHECK(count_lines(text, "openclaw_lock_exporter_build_info{") == 1);
  CHECK(has_line(text, "openclaw_lock_config_last_reload_successful 1"));
  CHECK(count_lines(text, "openclaw_lock_discovery") == 0);
}

TEST_CASE("exporter metrics: figures of its own, unless switched off") {
  auto fleet = fleet_of({});
  fleet.exporter.http_answers[200] = 7;
  fleet.exporter.process = ProcessFigures{};
  CHECK(count_lines(samples(fleet), "process_") == 0);
  CHECK(count_lines(samples(fleet), "openclaw_lock_exporter_http") == 0);
  fleet.with_exporter_metrics = true;
  const auto text = samples(fleet);
  CHECK(has_line(
      text, R"(openclaw_lock_exporter_http_requests_total{code="200"} 7)"));
  CHECK(count_lines(text, "process_") == 6);
}

TEST_CASE("exporter metrics: the search for gateways") {
  auto fleet = fleet_of({});
  fleet.discovery.emplace();
  auto text = samples(fleet);
  CHECK(has_line(text, R"(openclaw_lock_gateways{origin="configured"} 0)"));
  CHECK(has_line(text, R"(openclaw_lock_gateways{origin="discovered"} 0)"));
  CHECK(has_line(text, "openclaw_lock_discovery_up 0"));
  CHECK(count_lines(text, "openclaw_lock_discovery_last_success") == 0);
  CHECK(count_lines(text, "openclaw_lock_discovery_problems_total") == 0);

  fleet.discovery = DiscoveryFacts{3, 4, healthy()};
  fleet.discovery->health.problems[static_cast<std::size_t>(Fault::missing)] =
      2;
  text = samples(fleet);
  CHECK(has_line(text, R"(openclaw_lock_gateways{origin="configured"} 3)"));
  CHECK(has_line(text, R"(openclaw_lock_gateways{origin="discovered"} 4)"));
  CHECK(has_line(text, "openclaw_lock_discovery_up 1"));
  CHECK(has_line(text,
                 "openclaw_lock_discovery_last_success_timestamp_seconds "
                 "1795216202"));
  CHECK(has_line(
      text, R"(openclaw_lock_discovery_problems_total{problem="missing"} 2)"));
}

TEST_CASE("exporter metrics: what hangs") {
  auto fleet = fleet_of({});
  CHECK(count_lines(samples(fleet), "openclaw_lock_hanging_reads") == 0);
  fleet.sampling.emplace();
  CHECK(has_line(samples(fleet), "openclaw_lock_hanging_reads 0"));
  fleet.sampling->hanging = 2;
  CHECK(has_line(samples(fleet), "openclaw_lock_hanging_reads 2"));
}
