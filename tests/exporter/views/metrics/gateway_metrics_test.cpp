// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_facts.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

GatewaySnapshot gateway(const GatewayFacts& facts) {
  GatewaySnapshot report{"main"};
  report.readings.put_census(healthy());
  put(report.readings, facts);
  return report;
}

std::string expose(GatewaySnapshot gateway) {
  return openclaw_lock::expose({gateway_metrics(), source_metrics()},
                               fleet_of({std::move(gateway)}));
}

}  // namespace

namespace openclaw_lock {

void put_gateway_sample(Readings& readings) {
  GatewayFacts facts;
  facts.instances = 1;
  facts.youngest_start = kSampleNow - 1h;
  facts.lock_mismatch = false;
  facts.singleton_locks = {
      {{"", LockKind::gateway}, {Holder::alive}, kSampleNow - 1h}};
  facts.store = Store::sqlite;
  facts.version = "2026.9.6";
  facts.agent_databases = DatabaseFacts{4096, 512, 0s};
  facts.state_database = DatabaseFacts{4096, 512, 0s};
  put(readings, facts);
}

}  // namespace openclaw_lock

TEST_CASE("gateway metrics: what was measured") {
  GatewayFacts facts;
  facts.instances = 2;
  facts.youngest_start = WallTime{1795216202500ms};
  facts.lock_mismatch = true;
  const auto text = expose(gateway(facts));
  CHECK(has_line(text, R"(openclaw_lock_gateway_instances{gateway="main"} 2)"));
  CHECK(has_line(text,
                 "openclaw_lock_gateway_start_time_seconds"
                 R"({gateway="main"} 1795216202.5)"));
  CHECK(has_line(text,
                 R"(openclaw_lock_gateway_lock_mismatch{gateway="main"} 1)"));
}

TEST_CASE("gateway metrics: no gateway runs") {
  GatewayFacts facts;
  facts.instances = 0;
  const auto text = expose(gateway(facts));
  CHECK(has_line(text, R"(openclaw_lock_gateway_instances{gateway="main"} 0)"));
  CHECK(text.find("start_time_seconds{") == std::string::npos);
  CHECK(text.find("mismatch{") == std::string::npos);
}

TEST_CASE("gateway metrics: unknown is absent, and its problems told") {
  auto report = gateway({});
  report.readings.health_of<GatewayFacts>()
      ->problems[static_cast<std::size_t>(Fault::denied)] = 3;
  const auto text = expose(report);
  CHECK(text.find("instances{") == std::string::npos);
  CHECK(text.find("store_info{") == std::string::npos);
  CHECK(has_line(
      text, R"(openclaw_lock_source_problems_total{gateway="main",problem=)"
            R"("denied",source="processes"} 3)"));
}

TEST_CASE("gateway metrics: a search that hangs shows nothing") {
  GatewayFacts facts;
  facts.instances = 1;
  auto report = gateway(facts);
  auto& health = *report.readings.health_of<GatewayFacts>();
  health.up = health.fresh = false;
  const auto text = expose(report);
  CHECK(text.find("instances{") == std::string::npos);
  CHECK(has_line(text,
                 "openclaw_lock_source_up"
                 R"({gateway="main",source="processes"} 0)"));
}

TEST_CASE("gateway metrics: store and databases") {
  GatewayFacts facts;
  facts.store = Store::sqlite;
  facts.version = "2026.9.6";
  facts.agent_databases = DatabaseFacts{4096, 512, 12500ms};
  const auto text = expose(gateway(facts));
  CHECK(has_line(text,
                 R"(openclaw_lock_store_info{gateway="main",store="sqlite",)"
                 R"(version="2026.9.6"} 1)"));
  CHECK(has_line(text,
                 R"(openclaw_lock_sqlite_bytes{database="agent",file="main",)"
                 R"(gateway="main"} 4096)"));
  CHECK(has_line(text,
                 R"(openclaw_lock_sqlite_bytes{database="agent",file="wal",)"
                 R"(gateway="main"} 512)"));
  CHECK(has_line(text,
                 "openclaw_lock_sqlite_writer_held_seconds"
                 R"({database="agent",gateway="main"} 12.5)"));
  CHECK(text.find(R"(database="state")") == std::string::npos);
}

TEST_CASE("gateway metrics: writers, where every holder is known") {
  auto report = gateway({});
  LockSnapshot snapshot;
  snapshot.writers = {{7, 70}, {8, 80}};
  const auto with = [&](bool known) {
    snapshot.writers_known = known;
    LockFacts locks;
    locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
    put(report.readings, locks);
    return expose(report);
  };
  const auto line =
      std::string{R"(openclaw_lock_writer_processes{gateway="main"} 2)"};
  CHECK(has_line(with(true), line));
  CHECK_FALSE(has_line(with(false), line));
}
