// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_facts.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

FleetSnapshot fleet(const DiskFacts& disk) {
  SourceHealth health;
  health.up = health.fresh = true;
  GatewaySnapshot gateway{"main"};
  gateway.readings.put<DiskFacts>(SourceName::disk,
                                  std::make_shared<DiskFacts>(disk), health);
  FleetSnapshot report;
  report.gateways.push_back(std::move(gateway));
  return report;
}

std::string samples(const FleetSnapshot& report) {
  return without_comments(expose(disk_metrics(), report));
}

}  // namespace

namespace openclaw_lock {

void put_disk_sample(Readings& readings) {
  DiskFacts disk;
  disk.filesystem = {"ext4", false, false, 4096};
  disk.work = {DiskOperations{3, 15ms}, DiskOperations{3, 15ms},
               DiskOperations{3, 15ms}};
  put(readings, disk);
}

}  // namespace openclaw_lock

TEST_CASE("disk metrics: what the state directory lies on") {
  DiskFacts disk;
  disk.filesystem = {"nfs4", true};
  CHECK(samples(fleet(disk)) ==
        "openclaw_lock_filesystem_info{fstype=\"nfs4\",gateway=\"main\","
        "network=\"true\"} 1\n"
        "openclaw_lock_filesystem_readonly{gateway=\"main\"} 0\n");
  disk.filesystem = {"fuse.a\nb", false, true, 4096};
  CHECK(samples(fleet(disk)) ==
        "openclaw_lock_filesystem_avail_bytes{gateway=\"main\"} 4096\n"
        "openclaw_lock_filesystem_info{fstype=\"fuse.a\xEF\xBF\xBD"
        "b\",gateway=\"main\",network=\"false\"} 1\n"
        "openclaw_lock_filesystem_readonly{gateway=\"main\"} 1\n");
}

TEST_CASE("disk metrics: what is not known has no sample") {
  CHECK(samples(fleet({})).empty());
  DiskFacts disk;
  disk.filesystem = {"ext4", false};
  auto hanging = fleet(disk);
  hanging.gateways[0].readings.health_of<DiskFacts>()->fresh = false;
  CHECK(samples(hanging).empty());
  auto off = fleet(disk);
  off.gateways[0].readings.remove<DiskFacts>();
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
  // Counters stay.
  report.gateways[0].readings.health_of<DiskFacts>()->fresh = false;
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

TEST_CASE("disk metrics: how often stalls are looked for") {
  FleetSnapshot report;
  CHECK(samples(report).empty());
  report.sampling.emplace();
  CHECK(samples(report).empty());
  report.sampling->stall_interval = 100ms;
  CHECK(samples(report) == "openclaw_lock_stall_interval_seconds 0.1\n");
}
