// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_facts.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

const LockSeries kMainStore{"main", LockKind::session_store};

std::string samples(const GatewaySnapshot& gateway) {
  return without_comments(expose(lock_metrics(), fleet_of({gateway})));
}

/// The same gateway with other facts.
GatewaySnapshot with(GatewaySnapshot gateway, const LockFacts& locks) {
  put(gateway.readings, locks);
  return gateway;
}

}  // namespace

namespace openclaw_lock {

void put_lock_sample(Readings& readings) {
  LockSnapshot snapshot;
  snapshot.agents = {"guest", "main"};
  snapshot.locks = {
      {kMainStore, {Holder::dead}, kSampleNow - 9s},
      {kMainSession, {Holder::alive}, kSampleNow - 9s, {}, "/secret", 4711}};
  LockFacts locks;
  locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
  for (const auto kind : kSessionLockKinds) {
    auto& totals = locks.totals[{"main", kind}];
    totals.acquired = 1;
    totals.holds.observe(5s);
  }
  locks.followed = true;
  locks.watch_lost = 1;
  put(readings, locks);
}

}  // namespace openclaw_lock

TEST_CASE("lock metrics: a gateway's locks") {
  const auto text = samples(gateway_with_lock("main"));
  CHECK(count_lines(text, "openclaw_lock_files{") == 4);  // one a holder
  CHECK(has_line(
      text, R"(openclaw_lock_files{agent="main",gateway="main",holder="alive",)"
            R"(kind="session"} 1)"));
  CHECK(count_lines(text, "openclaw_lock_oldest_age_seconds{") == 1);
  CHECK(has_line(
      text, R"(openclaw_lock_overdue_files{agent="main",gateway="main"} 1)"));
  CHECK(has_line(
      text, R"(openclaw_lock_watch_info{gateway="main",mode="inotify"} 1)"));
}

TEST_CASE("lock metrics: the singleton locks of a gateway") {
  auto gateway = gateway_with_lock("main");
  GatewayFacts facts;
  facts.singleton_locks = {
      {{"", LockKind::gateway}, {Holder::dead}, kSampleNow - 5s},
      {{"", LockKind::gateway}, {Holder::dead}, kSampleNow - 7s}};
  put(gateway.readings, facts);
  CHECK(has_line(
      samples(gateway),
      R"(openclaw_lock_files{agent="",gateway="main",holder="dead",kind=)"
      R"("gateway"} 2)"));
  CHECK(has_line(samples(gateway),
                 R"(openclaw_lock_oldest_age_seconds{agent="",gateway="main",)"
                 R"(holder="dead",kind="gateway"} 7)"));
}

TEST_CASE("lock metrics: a reader that hangs has counters, but no gauges") {
  auto hanging = gateway_with_lock("main");
  auto& health = *hanging.readings.health_of<LockFacts>();
  health.up = health.fresh = false;
  const auto text = samples(hanging);
  CHECK(count_lines(text, "openclaw_lock_files{") == 0);
  CHECK(count_lines(text, "openclaw_lock_overdue_files{") == 0);
  CHECK(count_lines(text, "openclaw_lock_leftover_files{") == 0);
  CHECK(count_lines(text, "openclaw_lock_watch_info{") == 0);
  CHECK(has_line(text,
                 R"(openclaw_lock_acquired_total{agent="main",gateway="main",)"
                 R"(kind="session"} 3)"));
}

TEST_CASE(
    "lock metrics: a state dir that cannot be opened has no gauges, not "
    "zeros") {
  auto failing = gateway_with_lock("main");
  auto locks = *failing.readings.latest<LockFacts>();
  locks.snapshot.reset();
  const auto text = samples(with(failing, locks));
  CHECK(count_lines(text, "openclaw_lock_files{") == 0);
  CHECK(count_lines(text, "openclaw_lock_acquired_total{") == 1);
}

TEST_CASE("lock metrics: before the first round there is none") {
  GatewaySnapshot gateway{"main"};
  gateway.readings.put<LockFacts>(SourceName::locks, nullptr, {});
  gateway.readings.put_census(SourceHealth{});
  CHECK(samples(gateway).empty());
}

TEST_CASE("lock metrics: one gateway's trouble leaves the others alone") {
  auto hanging = gateway_with_lock("a");
  hanging.readings.health_of<LockFacts>()->fresh = false;
  const auto text =
      expose(lock_metrics(), fleet_of({hanging, gateway_with_lock("b")}));
  CHECK(count_lines(text, "openclaw_lock_files{") == 4);
  CHECK(count_lines(text, R"(openclaw_lock_files{agent="main",gateway="b")") ==
        4);
}

TEST_CASE("lock metrics: names of hostile gateways stay one line") {
  const auto text = samples(gateway_with_lock("a\"b\\c\nd"));
  CHECK(count_lines(
            text, R"(openclaw_lock_files{agent="main",gateway="a\"b\\c\nd")") ==
        4);
}

TEST_CASE("lock metrics: holds and their ends come with the first lock") {
  auto idle = idle_gateway("main");
  auto text = samples(idle);
  CHECK(count_lines(text, "openclaw_lock_hold_seconds") == 0);
  CHECK(count_lines(text, "openclaw_lock_released_total{") == 0);
  CHECK(has_line(text,
                 R"(openclaw_lock_acquired_total{agent="main",gateway="main",)"
                 R"(kind="session"} 0)"));

  auto locks = *idle.readings.latest<LockFacts>();
  locks.totals[kMainSession].acquired = 1;
  text = samples(with(idle, locks));
  CHECK(count_lines(text, "openclaw_lock_hold_seconds") == 0);
  CHECK(count_lines(text, "openclaw_lock_released_total{") == 3);
  CHECK(has_line(text,
                 R"(openclaw_lock_released_total{agent="main",gateway="main",)"
                 R"(kind="session",outcome="released"} 0)"));

  locks.totals[kMainSession].released = 1;
  locks.totals[kMainSession].holds.observe(2s);
  text = samples(with(idle, locks));
  CHECK(has_line(
      text, R"(openclaw_lock_hold_seconds_sum{agent="main",gateway="main",)"
            R"(kind="session"} 2)"));
}

TEST_CASE(
    "lock metrics: the store lock comes with its first sight, and stays") {
  const auto shown = [](const GatewaySnapshot& gateway) {
    const auto text = samples(gateway);
    std::size_t found = 0;
    for (auto at = text.find("session_store"); at != std::string::npos;
         at = text.find("session_store", at + 1))
      ++found;
    return found;
  };
  const auto idle = idle_gateway("main");
  CHECK(shown(idle) == 0);

  auto snapshot = *idle.readings.latest<LockFacts>()->snapshot;
  snapshot.locks = {{kMainStore, {Holder::unknown}, kSampleNow - 1s}};
  auto locks = *idle.readings.latest<LockFacts>();
  locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
  CHECK(shown(with(idle, locks)) == 4 + 1);  // files, oldest

  locks = *idle.readings.latest<LockFacts>();
  locks.totals[kMainStore].abandoned = 1;
  CHECK(shown(with(idle, locks)) == 1 + 4 + 3);  // acquired, files, released
}

TEST_CASE("lock metrics: events that were lost, once there are some") {
  const auto idle = idle_gateway("main");
  CHECK(count_lines(samples(idle), "openclaw_lock_watch_lost_total") == 0);
  auto locks = *idle.readings.latest<LockFacts>();
  locks.watch_lost = 2;
  CHECK(has_line(samples(with(idle, locks)),
                 R"(openclaw_lock_watch_lost_total{gateway="main"} 2)"));
}
