// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "exporter/views/metrics/exposition.h"
#include "exporter/views/metrics/metric_families.h"

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

/// The samples, without the lines of comment.
std::string samples(const FleetSnapshot& report) {
  MetricFamilies families;
  add_disk_families(report, families);
  auto text =
      write_exposition(std::move(families), ExpositionFormat::text_0_0_4);
  std::string samples;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at) + 1;
    if (text[at] != '#') samples += text.substr(at, end - at);
    at = end;
  }
  return samples;
}

}  // namespace

TEST_CASE("disk families: what the state directory lies on") {
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

TEST_CASE("disk families: what is not known has no sample") {
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

TEST_CASE("disk families: requests and their time, of those that are counted") {
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

TEST_CASE("disk families: how a gateway's processes were held up") {
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

TEST_CASE("disk families: the pressure of the system, in seconds") {
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

TEST_CASE("disk families: a probe, where there was one") {
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

TEST_CASE("disk families: a probe without the other reader of disks") {
  FleetSnapshot report;
  GatewaySnapshot gateway;
  gateway.name = "main";
  gateway.disk_probe_health = SourceHealth{};
  gateway.disk_probe_health->problems[static_cast<std::size_t>(Fault::io)] = 3;
  report.gateways.push_back(std::move(gateway));
  MetricFamilies families;
  add_source_families(report, families);
  const auto text =
      write_exposition(std::move(families), ExpositionFormat::text_0_0_4);
  CHECK(text.find("openclaw_lock_source_problems_total{gateway=\"main\","
                  "problem=\"io\",source=\"disk\"} 3\n") != std::string::npos);
}
