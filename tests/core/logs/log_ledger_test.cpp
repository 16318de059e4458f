// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_ledger.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kStart{1795216202836ms};
constexpr WallTime kNow = kStart + 5min;

LogEvent event_of(LogEventKind kind, std::optional<WallTime> time,
                  std::optional<LockIncident> incident = {}) {
  LogEvent event;
  event.kind = kind;
  event.time = time;
  event.incident = std::move(incident);
  return event;
}

LogEvent timeout(std::optional<WallTime> time,
                 const std::string& agent = "main") {
  LockIncident incident;
  incident.agent = agent;
  incident.wait = 10000ms;
  incident.lane = "session:agent:" + agent + ":main";
  incident.lock_path = "/s/agents/" + agent + "/sessions/1e29302e.jsonl.lock";
  incident.pid = 5809;
  return event_of(LogEventKind::lock_timeout, time, incident);
}

LogEvent sqlite_wait(LogEventKind kind, std::optional<WallTime> time,
                     std::chrono::milliseconds wait) {
  auto event = event_of(kind, time);
  event.sqlite_wait = wait;
  return event;
}

struct Ledger : LogLedger {
  void in_file_log(const LogEvent& event) {
    add(event, LogSource::file_log, event.time.value_or(kNow));
  }
  void on_console(const LogEvent& event) {
    add(event, LogSource::console_text, event.time.value_or(kNow));
  }

  std::uint64_t timeouts(TimeoutKind kind = TimeoutKind::session) const {
    std::uint64_t sum = 0;
    for (const auto& [series, count] : totals().timeouts)
      if (series.kind == kind) sum += count;
    return sum;
  }
  std::uint64_t waits(TimeoutKind kind) const {
    const auto found = totals().waits.find(kind);
    return found == totals().waits.end() ? 0 : found->second.count();
  }
  std::uint64_t events(LogEventKind kind) const {
    return totals().events[static_cast<std::size_t>(kind)];
  }
};

}  // namespace

TEST_CASE("LogLedger: an incident in both logs is one, whichever comes first") {
  for (const bool file_log_first : {true, false}) {
    CAPTURE(file_log_first);
    Ledger ledger;
    if (file_log_first) ledger.in_file_log(timeout(kStart));
    ledger.on_console(timeout(kStart + 1ms));
    if (!file_log_first) ledger.in_file_log(timeout(kStart));
    CHECK(ledger.timeouts() == 1);
    CHECK(ledger.waits(TimeoutKind::session) == 1);
    CHECK(ledger.events(LogEventKind::lock_timeout) == 2);
  }
}

TEST_CASE("LogLedger: console text and console JSON are one sort of log") {
  Ledger ledger;
  ledger.add(timeout(kStart), LogSource::console_json, kNow);
  ledger.add(timeout(kStart), LogSource::console_text, kNow);
  CHECK(ledger.timeouts() == 2);
  ledger.in_file_log(timeout(kStart));
  ledger.in_file_log(timeout(kStart));
  CHECK(ledger.timeouts() == 2);
}

TEST_CASE("LogLedger: within one log each line is an incident") {
  Ledger ledger;
  ledger.in_file_log(timeout(kStart));
  ledger.in_file_log(timeout(kStart));
  CHECK(ledger.timeouts() == 2);
  ledger.on_console(timeout(kStart));
  ledger.on_console(timeout(kStart));
  CHECK(ledger.timeouts() == 2);
  ledger.on_console(timeout(kStart));
  CHECK(ledger.timeouts() == 3);
}

TEST_CASE("LogLedger: what is further apart than 2 s is not the same") {
  for (const auto apart : {-2000ms, 2000ms}) {
    Ledger ledger;
    ledger.in_file_log(timeout(kStart));
    ledger.on_console(timeout(kStart + apart));
    CHECK(ledger.timeouts() == 1);
  }
  for (const auto apart : {-2001ms, 2001ms}) {
    Ledger ledger;
    ledger.in_file_log(timeout(kStart));
    ledger.on_console(timeout(kStart + apart));
    CHECK(ledger.timeouts() == 2);
  }
}

TEST_CASE("LogLedger: a console without times is matched all the same") {
  Ledger ledger;
  ledger.on_console(timeout({}));
  ledger.in_file_log(timeout(kStart));
  CHECK(ledger.timeouts() == 1);
  CHECK(ledger.totals().last_timeout_at == kNow);
}

TEST_CASE("LogLedger: another lock, holder, wait or lane is another incident") {
  const auto first = timeout(kStart);
  auto other = first;
  other.incident->lock_path += "x";
  auto holder = first;
  holder.incident->pid = 1;
  auto wait = first;
  wait.incident->wait = 10001ms;
  auto lane = first;
  lane.incident->lane += "x";
  for (const auto& event : {other, holder, wait, lane}) {
    Ledger ledger;
    ledger.in_file_log(first);
    ledger.on_console(event);
    CHECK(ledger.timeouts() == 2);
  }
}

TEST_CASE("LogLedger: a SQLite wait is one wait and no incident") {
  for (const auto kind : {LogEventKind::sqlite_lock_wait_failed,
                          LogEventKind::sqlite_slow_lock_wait}) {
    Ledger ledger;
    ledger.in_file_log(sqlite_wait(kind, kStart, 1500ms));
    ledger.on_console(sqlite_wait(kind, kStart + 2ms, 1500ms));
    CHECK(ledger.waits(TimeoutKind::sqlite) == 1);
    CHECK(ledger.timeouts(TimeoutKind::sqlite) == 0);
    CHECK(ledger.events(kind) == 2);
    CHECK(ledger.state().seen.empty());
    CHECK_FALSE(ledger.totals().last_timeout_at);
    CHECK_FALSE(ledger.kept().newest);
  }
}

TEST_CASE("LogLedger: what both logs tell is counted once") {
  Ledger ledger;
  auto turn = event_of(LogEventKind::lock_timeout, kStart);
  turn.turn = TurnOutcome::error;
  auto stall = event_of(LogEventKind::liveness_warning, kStart);
  stall.event_loop_delay = 5s;
  for (const auto& event : {turn, stall}) {
    ledger.in_file_log(event);
    ledger.on_console(event);
    ledger.on_console(event);
  }
  REQUIRE(ledger.totals().turns);
  CHECK(ledger.totals().turns->at(1) == 2);
  CHECK(ledger.totals().stalls.at(LogEventKind::liveness_warning).count() == 2);
}

TEST_CASE("LogLedger: an event that is no incident counts by the line") {
  Ledger ledger;
  const auto event = event_of(LogEventKind::stuck_session, kStart);
  ledger.in_file_log(event);
  ledger.on_console(event);
  CHECK(ledger.events(LogEventKind::stuck_session) == 2);
  CHECK(ledger.events(LogEventKind::lock_timeout) == 0);
  CHECK(ledger.totals().timeouts.empty());
  CHECK(ledger.state().seen.empty());
}

TEST_CASE("LogLedger: waits are sorted by their length") {
  Ledger ledger;
  auto event = timeout(kStart);
  ledger.in_file_log(event);
  event.incident->wait = 60001ms;
  ledger.in_file_log(event);
  event.incident->wait.reset();
  ledger.in_file_log(event);
  CHECK(ledger.timeouts() == 3);
  const auto& waits = ledger.totals().waits.at(TimeoutKind::session);
  CHECK(waits.count() == 2);
  CHECK(waits.sum_seconds == doctest::Approx(70.001));
  CHECK(waits.buckets[10] == 1);
  CHECK(waits.buckets[13] == 1);
}

TEST_CASE("LogLedger: agents beyond 64 share a label") {
  Ledger ledger;
  for (int i = 0; i < 70; ++i)
    ledger.in_file_log(timeout(kStart, "a" + std::to_string(i)));
  CHECK(ledger.totals().timeouts.size() == 65);
  CHECK(ledger.totals().timeouts.at({"_other", TimeoutKind::session}) == 6);
  CHECK(ledger.totals().timeouts.at({"a63", TimeoutKind::session}) == 1);
  ledger.in_file_log(timeout(kStart, "a0"));
  CHECK(ledger.totals().timeouts.at({"a0", TimeoutKind::session}) == 2);
}

TEST_CASE("LogLedger: keeps the first incident after an hour, and the newest") {
  Ledger ledger;
  CHECK_FALSE(ledger.kept().first);
  ledger.in_file_log(timeout(kStart, "a"));
  ledger.in_file_log(timeout(kStart + 59min, "b"));
  CHECK(ledger.kept().first->incident.agent == "a");
  CHECK(ledger.kept().newest->incident.agent == "b");
  // Less than an hour after the newest one: still the same trouble.
  ledger.in_file_log(timeout(kStart + 118min, "c"));
  CHECK(ledger.kept().first->at == kStart);
  ledger.in_file_log(timeout(kStart + 178min, "d"));
  CHECK(ledger.kept().first->incident.agent == "d");
  CHECK(ledger.kept().newest->at == kStart + 178min);
}

TEST_CASE("LogLedger: an incident that is told late is not the newest") {
  Ledger ledger;
  ledger.in_file_log(timeout(kStart + 3h, "new"));
  ledger.in_file_log(timeout(kStart, "old"));
  CHECK(ledger.timeouts() == 2);
  CHECK(ledger.totals().last_timeout_at == kStart + 3h);
  CHECK(ledger.kept().first->incident.agent == "new");
  CHECK(ledger.kept().newest->incident.agent == "new");
}

TEST_CASE("LogLedger: an incident dated more than 5 min ahead is of now") {
  LogLedger ledger;
  ledger.add(timeout(kNow + 5min), LogSource::file_log, kNow);
  CHECK(ledger.totals().last_timeout_at == kNow + 5min);
  ledger = {};
  ledger.add(timeout(kNow + 24h), LogSource::file_log, kNow);
  CHECK(ledger.totals().last_timeout_at == kNow);
  CHECK(ledger.kept().newest->at == kNow);
  // The same clock dates both logs.
  ledger.add(timeout(kNow + 24h), LogSource::console_text, kNow);
  CHECK(ledger.totals().timeouts.at({"main", TimeoutKind::session}) == 1);
}

TEST_CASE("LogLedger: remembers 512 incidents of which one log has told") {
  Ledger ledger;
  const auto nth = [](int n) { return timeout(kStart, std::to_string(n)); };
  for (int i = 0; i < 513; ++i) ledger.in_file_log(nth(i));
  CHECK(ledger.state().incidents.state().told.size() ==
        IncidentLedger::kRemembered);
  ledger.on_console(nth(512));
  ledger.on_console(nth(1));
  CHECK(ledger.timeouts() == 513);
  ledger.on_console(nth(0));
  CHECK(ledger.timeouts() == 514);
}

TEST_CASE("LogLedger: goes on from a kept state, also with half a pair") {
  Ledger before;
  before.in_file_log(timeout(kStart));
  LogLedger ledger{before.state()};
  ledger.add(timeout(kStart), LogSource::console_text, kNow);
  CHECK(ledger.totals().timeouts.at({"main", TimeoutKind::session}) == 1);
  CHECK(ledger.kept() == before.kept());
}

TEST_CASE("LogLedger: sums lines, bytes and rotations") {
  LogLedger ledger;
  ledger.count_lines({1, 2, 3, 4});
  ledger.count_lines({10, 20, 30, 40});
  ledger.count_bytes(7);
  ledger.count_bytes(8);
  ledger.count_rotation();
  CHECK(ledger.totals().lines == LineCounts{11, 22, 33, 44});
  CHECK(ledger.totals().bytes == 15);
  CHECK(ledger.totals().rotations == 1);
  CHECK_FALSE(ledger.totals().last_line_at);
  ledger.note_line_at(kNow);
  ledger.note_line_at(kStart);
  CHECK(ledger.totals().last_line_at == kNow);
}
