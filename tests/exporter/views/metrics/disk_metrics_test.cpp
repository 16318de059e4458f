// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

FleetSnapshot fleet(const DiskFacts& disk) {
  GatewaySnapshot gateway;
  gateway.name = "main";
  gateway.disk = std::make_shared<DiskFacts>(disk);
  gateway.disk_health = SourceHealth{};
  gateway.disk_health->up = gateway.disk_health->fresh = true;
  FleetSnapshot report;
  report.gateways.push_back(std::move(gateway));
  return report;
}

std::string samples(const FleetSnapshot& report) {
  return without_comments(expose(disk_metrics(), report));
}

}  // namespace

TEST_CASE("disk metrics: what the state directory lies on") {
  DiskFacts disk;
  disk.filesystem = {"nfs4", true};
  CHECK(samples(fleet(disk)) ==
        "openclaw_lock_filesystem_info{fstype=\"nfs4\",gateway=\"main\","
        "network=\"true\"} 1\n");
  disk.filesystem = {"fuse.a\nb", false};
  CHECK(samples(fleet(disk)) ==
        "openclaw_lock_filesystem_info{fstype=\"fuse.a\xEF\xBF\xBD"
        "b\",gateway=\"main\",network=\"false\"} 1\n");
}

TEST_CASE("disk metrics: what is not known has no sample") {
  CHECK(samples(fleet({})).empty());
  DiskFacts disk;
  disk.filesystem = {"ext4", false};
  auto hanging = fleet(disk);
  hanging.gateways[0].disk_health->fresh = false;
  CHECK(samples(hanging).empty());
  auto off = fleet(disk);
  off.gateways[0].disk = nullptr;
  off.gateways[0].disk_health.reset();
  CHECK(samples(off).empty());
}

TEST_CASE("disk metrics: requests and their time, of those that are counted") {
  DiskFacts disk;
  disk.work.read = {3, 1500ms};
  disk.work.flush = {2, 40ms};
  const std::string expected =
      "openclaw_lock_disk_operations_total{gateway=\"main\",operation="
      "\"flush\"} 2\n"
      "openclaw_lock_disk_operations_total{gateway=\"main\",operation="
      "\"read\"} 3\n"
      "openclaw_lock_disk_wait_seconds_total{gateway=\"main\",operation="
      "\"flush\"} 0.04\n"
      "openclaw_lock_disk_wait_seconds_total{gateway=\"main\",operation="
      "\"read\"} 1.5\n";
  auto report = fleet(disk);
  CHECK(samples(report) == expected);
  report.gateways[0].disk_health->fresh = false;  // counters stay
  CHECK(samples(report) == expected);
}

TEST_CASE("disk metrics: how a gateway's processes were held up") {
  FleetSnapshot report;
  GatewaySnapshot gateway;
  gateway.name = "main";
  gateway.stalls = {2500ms, Pressure{1500ms, 500ms}, 70ms};
  report.gateways.push_back(gateway);
  CHECK(samples(report) ==
        "openclaw_lock_gateway_blocked_seconds_total{gateway=\"main\"} 2.5\n"
        "openclaw_lock_gateway_disk_stalled_seconds_total{gateway=\"main\","
        "severity=\"full\"} 0.5\n"
        "openclaw_lock_gateway_disk_stalled_seconds_total{gateway=\"main\","
        "severity=\"some\"} 1.5\n"
        "openclaw_lock_gateway_disk_wait_seconds_total{gateway=\"main\"} "
        "0.07\n");
}

TEST_CASE("disk metrics: the pressure of the system, in seconds") {
  FleetSnapshot report;
  report.disk_pressure =
      std::make_shared<Pressure>(Pressure{72075914us, 20761446us});
  CHECK(samples(report) ==
        "openclaw_lock_disk_stalled_seconds_total{severity=\"full\"} "
        "20.761446\n"
        "openclaw_lock_disk_stalled_seconds_total{severity=\"some\"} "
        "72.075914\n");
  report.disk_pressure = std::make_shared<Pressure>(Pressure{1500000us, {}});
  CHECK(samples(report) ==
        "openclaw_lock_disk_stalled_seconds_total{severity=\"some\"} 1.5\n");
}

TEST_CASE("disk metrics: a probe, where there was one") {
  auto report = fleet({});
  report.gateways[0].disk_probe_health = SourceHealth{};
  CHECK(samples(report).empty());
  ProbeHistogram probes;
  probes.observe(100us);
  probes.observe(20s);
  report.gateways[0].disk_probe = std::make_shared<ProbeHistogram>(probes);
  const auto text = samples(report);
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

TEST_CASE("disk metrics: a probe without the other reader of disks") {
  FleetSnapshot report;
  GatewaySnapshot gateway;
  gateway.name = "main";
  gateway.disk_probe_health = SourceHealth{};
  gateway.disk_probe_health->problems[static_cast<std::size_t>(Fault::io)] = 3;
  report.gateways.push_back(std::move(gateway));
  const auto text = expose(source_metrics(), report);
  CHECK(text.find("openclaw_lock_source_problems_total{gateway=\"main\","
                  "problem=\"io\",source=\"disk\"} 3\n") != std::string::npos);
}

TEST_CASE("disk metrics: how often stalls are looked for") {
  FleetSnapshot report;
  CHECK(samples(report).empty());
  report.sampling.emplace();
  CHECK(samples(report).empty());
  report.sampling->stall_interval = 100ms;
  CHECK(samples(report) == "openclaw_lock_stall_interval_seconds 0.1\n");
}
