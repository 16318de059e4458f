// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/verdicts.h"

#include <doctest/doctest.h>

#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

GatewayVerdicts verdicts_of(const GatewaySnapshot& gateway) {
  return judge(fleet_of({gateway})).gateways.at(0);
}

const SourceHealth& health_of(const GatewayVerdicts& verdicts,
                              SourceName source) {
  const auto& health = verdicts.sources[static_cast<std::size_t>(source)];
  REQUIRE(health);
  return *health;
}

std::uint64_t count(const SourceHealth& health, Fault fault) {
  return health.problems[static_cast<std::size_t>(fault)];
}

SourceHealth healthy_but(Fault fault, std::uint64_t times) {
  auto health = healthy();
  health.problems[static_cast<std::size_t>(fault)] = times;
  return health;
}

}  // namespace

TEST_CASE("judge: a verdict on each gateway, in their order") {
  const auto verdicts =
      judge(fleet_of({gateway_with_lock("b"), {"a"}, gateway_with_lock("c")}));
  REQUIRE(verdicts.gateways.size() == 3);
  CHECK(verdicts.gateways[0].locks);
  CHECK_FALSE(verdicts.gateways[1].locks);
  CHECK(verdicts.gateways[2].locks);
  CHECK(judge({}).gateways.empty());
}

TEST_CASE("judge: a lock keeps its path, its pid and its verdict") {
  auto gateway = gateway_with_lock("main");
  auto locks = *gateway.readings.latest<LockFacts>();
  auto snapshot = *locks.snapshot;
  snapshot.locks = {{kMainSession,
                     {Holder::unknown, Fault::denied},
                     kSampleNow - 400s,
                     20s,
                     "/s/a.jsonl.lock",
                     4711}};
  locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
  put(gateway.readings, locks);
  const auto verdicts = verdicts_of(gateway);
  gateway = {};  // they live on
  locks = {};
  REQUIRE(verdicts.locks);
  REQUIRE(verdicts.locks->locks.size() == 1);
  const auto& lock = verdicts.locks->locks[0];
  CHECK(lock.age == 400s);
  CHECK(lock.limit == 20s);
  CHECK_FALSE(lock.overdue);
  CHECK(lock.lock->path == "/s/a.jsonl.lock");
  CHECK(lock.lock->pid == 4711);
  CHECK(lock.lock->verdict == HolderVerdict{Holder::unknown, Fault::denied});
}

TEST_CASE("judge: a reader that hangs knows nothing of the present") {
  const auto fresh = verdicts_of(idle_gateway("main"));
  CHECK(fresh.session_locks);
  CHECK(fresh.locks);
  CHECK(fresh.processes);
  CHECK(fresh.singleton);
  CHECK(fresh.writers == 0);
  CHECK(fresh.logs);
  CHECK(fresh.disk);

  auto hanging = idle_gateway("main");
  auto& readings = hanging.readings;
  for (auto* health :
       {readings.health_of<LockFacts>(), readings.health_of<GatewayFacts>(),
        readings.health_of<LogFacts>(), readings.health_of<DiskFacts>()})
    health->fresh = false;
  const auto stale = verdicts_of(hanging);
  CHECK_FALSE(stale.session_locks);
  CHECK_FALSE(stale.locks);
  CHECK_FALSE(stale.processes);
  CHECK_FALSE(stale.singleton);
  CHECK_FALSE(stale.writers);
  CHECK_FALSE(stale.logs);
  CHECK_FALSE(stale.disk);
}

TEST_CASE("judge: writers are only known where every holder is") {
  auto gateway = gateway_with_lock("main");
  auto snapshot = *gateway.readings.latest<LockFacts>()->snapshot;
  snapshot.writers = {{7, 70}, {8, 80}};
  const auto writers = [&](bool known) {
    snapshot.writers_known = known;
    LockFacts locks;
    locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
    put(gateway.readings, locks);
    return verdicts_of(gateway).writers;
  };
  CHECK(writers(true) == 2);
  CHECK_FALSE(writers(false));
}

TEST_CASE("judge: singleton locks that were not all read have no verdict") {
  auto gateway = idle_gateway("main");
  auto facts = *gateway.readings.latest<GatewayFacts>();
  facts.singleton_locks->push_back(
      {{"", LockKind::gateway}, {Holder::dead}, kSampleNow - 9s});
  put(gateway.readings, facts);
  const auto verdicts = verdicts_of(gateway);
  REQUIRE(verdicts.singleton);
  const auto dead = static_cast<std::size_t>(Holder::dead);
  CHECK(verdicts.singleton->gauges.files[dead] == 1);
  CHECK(verdicts.singleton->gauges.oldest_age[dead] == 9s);
  CHECK(verdicts.singleton->locks.size() == 2);

  facts.singleton_locks.reset();
  put(gateway.readings, facts);
  CHECK_FALSE(verdicts_of(gateway).singleton);
}

TEST_CASE("judge: obstacles to judging holders count for the processes") {
  auto gateway = gateway_with_lock("main");
  auto locks = *gateway.readings.latest<LockFacts>();
  locks.holder_problems[static_cast<std::size_t>(Fault::pid_namespace)] = 4;
  put(gateway.readings, locks);
  gateway.readings.put_census(healthy_but(Fault::pid_namespace, 1));
  gateway.readings.put<GatewayFacts>(SourceName::processes, nullptr,
                                     healthy_but(Fault::denied, 3));
  const auto verdicts = verdicts_of(gateway);
  const auto& processes = health_of(verdicts, SourceName::processes);
  CHECK(count(processes, Fault::pid_namespace) == 5);
  CHECK(count(processes, Fault::denied) == 3);
  CHECK(count(health_of(verdicts, SourceName::locks), Fault::pid_namespace) ==
        0);
}

TEST_CASE("judge: a source in two parts is up where both are") {
  auto gateway = idle_gateway("main");
  const auto up = [&] {
    return health_of(verdicts_of(gateway), SourceName::disk).up;
  };
  CHECK(up());
  struct Part {};
  auto& readings = gateway.readings;
  readings.put<Part>(SourceName::disk, nullptr, {});  // not settled yet
  CHECK(up());
  readings.health_of<Part>()->settled = true;
  CHECK_FALSE(up());
  readings.health_of<Part>()->up = true;
  CHECK(up());
  readings.health_of<DiskFacts>()->up = false;
  CHECK_FALSE(up());
  readings.remove<DiskFacts>();
  CHECK(up());
}

TEST_CASE("judge: a source that is switched off has no health") {
  auto gateway = gateway_with_lock("main");
  gateway.readings.put_census({});
  const auto verdicts = verdicts_of(gateway);
  for (const auto source :
       {SourceName::processes, SourceName::logs, SourceName::disk})
    CHECK_FALSE(verdicts.sources[static_cast<std::size_t>(source)]);
  CHECK(health_of(verdicts, SourceName::locks) == healthy());
}

TEST_CASE("judge: incidents that a gateway can have stand at 0") {
  auto gateway = gateway_with_logs("main");
  const auto timeouts = [&](Store store, const std::string& version = {}) {
    GatewayFacts facts;
    facts.store = store;
    facts.version = version;
    put(gateway.readings, facts);
    std::string text;
    for (const auto& [series, count] : verdicts_of(gateway).timeouts)
      text += series.agent + ' ' + std::string{to_string(series.kind)} + ' ' +
              std::to_string(count) + ", ";
    return text;
  };
  CHECK(timeouts(Store::jsonl) ==
        " sandbox 0, main session 0, main session_store 0, ");
  CHECK(timeouts(Store::jsonl, "2026.4.29") ==
        " sandbox 0, main session 0, main session_store 0, ");
  CHECK(timeouts(Store::jsonl, "2026.5.2") == " sandbox 0, main session 0, ");
  CHECK(timeouts(Store::sqlite_lease) ==
        " sandbox 0,  sqlite 0, main session 0, main sqlite 0, ");
  CHECK(timeouts(Store::sqlite) == " sqlite 0, main sqlite 0, ");
  CHECK(timeouts(Store::unknown) ==
        " sandbox 0,  sqlite 0, main session 0, main session_store 0, "
        "main sqlite 0, ");

  LogFacts logs;
  logs.totals.timeouts[{"guest", TimeoutKind::session}] = 3;
  gateway = gateway_with_logs("main", logs);
  CHECK(timeouts(Store::sqlite) ==
        " sqlite 0, guest session 3, main sqlite 0, ");
  gateway.readings.remove<LockFacts>();
  CHECK(timeouts(Store::jsonl) ==
        " session 0,  session_store 0,  sandbox 0, guest session 3, ");
  gateway.readings.put<LogFacts>(SourceName::logs, nullptr, healthy());
  CHECK(timeouts(Store::unknown).empty());
}
