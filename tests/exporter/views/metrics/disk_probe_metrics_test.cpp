// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/disk_probe/disk_probe.h"
#include "tests/support/metrics_text.h"
#include "tests/support/sample_fleet.h"

namespace openclaw_lock {

Metrics disk_probe_metrics();  // Also where readers.def leaves it out.

void put_disk_probe_sample(Readings& readings) {
  readings.put<ProbeHistogram>(SourceName::disk,
                               std::make_shared<ProbeHistogram>(), healthy());
}

}  // namespace openclaw_lock

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::string samples(const GatewaySnapshot& gateway) {
  return without_comments(expose(disk_probe_metrics(), fleet_of({gateway})));
}

}  // namespace

TEST_CASE("disk probe metrics: a probe, where there was one") {
  GatewaySnapshot gateway{"main"};
  gateway.readings.put<ProbeHistogram>(SourceName::disk, nullptr, {});
  CHECK(samples(gateway).empty());
  ProbeHistogram probes;
  probes.observe(100us);
  probes.observe(20s);
  gateway.readings.put<ProbeHistogram>(
      SourceName::disk, std::make_shared<ProbeHistogram>(probes), {});
  const auto text = samples(gateway);
  const auto has = [&](const std::string& line) {
    return text.find("openclaw_lock_disk_probe_seconds_" + line + "\n") !=
           std::string::npos;
  };
  CHECK(has("bucket{gateway=\"main\",le=\"0.0001\"} 1"));
  CHECK(has("bucket{gateway=\"main\",le=\"10\"} 1"));
  CHECK(has("bucket{gateway=\"main\",le=\"30\"} 2"));
  CHECK(has("bucket{gateway=\"main\",le=\"+Inf\"} 2"));
  CHECK(has("count{gateway=\"main\"} 2"));
  CHECK(has("sum{gateway=\"main\"} 20.0001"));
}

TEST_CASE("disk probe metrics: a probe without the other reader of disks") {
  SourceHealth health;
  health.problems[static_cast<std::size_t>(Fault::io)] = 3;
  GatewaySnapshot gateway{"main"};
  gateway.readings.put<ProbeHistogram>(SourceName::disk, nullptr, health);
  const auto text = expose(source_metrics(), fleet_of({gateway}));
  CHECK(text.find("openclaw_lock_source_problems_total{gateway=\"main\","
                  "problem=\"io\",source=\"disk\"} 3\n") != std::string::npos);
}
