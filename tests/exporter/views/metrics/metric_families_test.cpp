// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric_families.h"

#include <doctest/doctest.h>

#include "exporter/views/metrics/exposition.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{1795216202s};
const LockSeries kMain{"main", LockKind::session};

/// A gateway whose readers run.
GatewaySnapshot gateway(const std::string& name) {
  LockSnapshot snapshot;
  snapshot.agents = {"main"};
  snapshot.locks = {{kMain, Holder::alive, kNow - 400s, {}}};
  LockFacts locks;
  locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
  locks.totals[kMain].acquired = 3;
  locks.followed = true;
  SourceHealth up;
  up.up = up.fresh = up.settled = true;
  up.last_success_at = kNow;
  up.last_duration = 1500us;
  return {name, std::make_shared<LockFacts>(locks), up, up};
}

/// The same with logs that nothing was found in yet.
GatewaySnapshot with_logs(const std::string& name, const LogFacts& logs = {}) {
  auto made = gateway(name);
  made.logs = std::make_shared<LogFacts>(logs);
  made.logs_health = made.locks_health;
  return made;
}

FleetSnapshot fleet(std::vector<GatewaySnapshot> gateways) {
  FleetSnapshot report;
  report.now = kNow;
  report.gateways = std::move(gateways);
  report.with_exporter_metrics = false;
  return report;
}

std::string expose(const FleetSnapshot& report) {
  return write_exposition(make_families(report), ExpositionFormat::text_0_0_4);
}

/// How many samples of the text start so.
std::size_t count(const std::string& text, const std::string& start) {
  std::size_t found = 0;
  for (auto at = text.find('\n' + start); at != std::string::npos;
       at = text.find('\n' + start, at + 1))
    ++found;
  return found;
}

bool has(const std::string& text, const std::string& line) {
  return text.find('\n' + line + '\n') != std::string::npos;
}

}  // namespace

TEST_CASE("make_families: a gateway's locks") {
  const auto text = expose(fleet({gateway("main")}));
  CHECK(count(text, "openclaw_lock_files{") == 8);  // two kinds, four holders
  CHECK(has(text,
            R"(openclaw_lock_files{agent="main",gateway="main",holder="alive",)"
            R"(kind="session"} 1)"));
  CHECK(count(text, "openclaw_lock_oldest_age_seconds{") == 1);
  CHECK(has(text,
            R"(openclaw_lock_overdue_files{agent="main",gateway="main"} 1)"));
  CHECK(has(text,
            R"(openclaw_lock_watch_info{gateway="main",mode="inotify"} 1)"));
}

TEST_CASE("make_families: a reader that hangs has counters, but no gauges") {
  auto hanging = gateway("main");
  hanging.locks_health->up = hanging.locks_health->fresh = false;
  const auto text = expose(fleet({hanging}));
  CHECK(count(text, "openclaw_lock_files{") == 0);
  CHECK(count(text, "openclaw_lock_overdue_files{") == 0);
  CHECK(count(text, "openclaw_lock_leftover_files{") == 0);
  CHECK(has(text, R"(openclaw_lock_acquired_total{agent="main",gateway="main",)"
                  R"(kind="session"} 3)"));
  CHECK(
      has(text, R"(openclaw_lock_source_up{gateway="main",source="locks"} 0)"));
}

TEST_CASE(
    "make_families: a state dir that cannot be opened has no gauges, not "
    "zeros") {
  auto failing = gateway("main");
  auto locks = *failing.locks;
  locks.snapshot.reset();
  failing.locks = std::make_shared<LockFacts>(locks);
  failing.locks_health->up = false;
  const auto text = expose(fleet({failing}));
  CHECK(count(text, "openclaw_lock_files{") == 0);
  CHECK(count(text, "openclaw_lock_acquired_total{") == 1);
}

TEST_CASE("make_families: before the first round there is only the health") {
  GatewaySnapshot fresh{"main", nullptr, SourceHealth{}, SourceHealth{}};
  const auto text = expose(fleet({fresh}));
  CHECK(count(text, "openclaw_lock_files{") == 0);
  CHECK(count(text, "openclaw_lock_watch_info{") == 0);
  CHECK(count(text, "openclaw_lock_source_last_success") == 0);
  CHECK(
      has(text, R"(openclaw_lock_source_up{gateway="main",source="locks"} 0)"));
}

TEST_CASE("make_families: a source that is switched off has no samples") {
  auto off = gateway("main");
  off.processes_health.reset();
  const auto text = expose(fleet({off}));
  CHECK(text.find("source=\"processes\"") == std::string::npos);
}

TEST_CASE("make_families: one gateway's trouble leaves the others alone") {
  auto hanging = gateway("a");
  hanging.locks_health->fresh = false;
  const auto text = expose(fleet({hanging, gateway("b")}));
  CHECK(count(text, "openclaw_lock_files{") == 8);
  CHECK(text.find(R"(openclaw_lock_files{agent="main",gateway="b")") !=
        std::string::npos);
}

TEST_CASE("make_families: obstacles to judging count for the processes") {
  auto blind = gateway("main");
  auto locks = *blind.locks;
  locks.holder_problems[static_cast<std::size_t>(Fault::pid_namespace)] = 4;
  blind.locks = std::make_shared<LockFacts>(locks);
  blind.processes_health
      ->problems[static_cast<std::size_t>(Fault::pid_namespace)] = 1;
  const auto text = expose(fleet({blind}));
  CHECK(has(text, R"(openclaw_lock_source_problems_total{gateway="main",)"
                  R"(problem="namespace",source="processes"} 5)"));
  CHECK(has(text, R"(openclaw_lock_source_problems_total{gateway="main",)"
                  R"(problem="namespace",source="locks"} 0)"));
}

TEST_CASE("make_families: every kind of problem is there from the start") {
  const auto text = expose(fleet({gateway("main")}));
  CHECK(count(text, "openclaw_lock_source_problems_total{") == 2 * kFaultCount);
}

TEST_CASE("make_families: no gateway at all is a valid answer") {
  const auto text = expose(fleet({}));
  CHECK(text.find("openclaw_lock_files") == std::string::npos);
  CHECK(text.find("openclaw_lock_exporter_build_info{") != std::string::npos);
}

TEST_CASE("make_families: names and labels of hostile agents stay one line") {
  auto odd = gateway("a\"b\\c\nd");
  const auto text = expose(fleet({odd}));
  CHECK(text.find(R"(gateway="a\"b\\c\nd")") != std::string::npos);
}

TEST_CASE(
    "make_families: figures of the exporter are there unless switched "
    "off") {
  auto report = fleet({});
  report.exporter.http_answers[200] = 7;
  report.exporter.process = ProcessFigures{};
  CHECK(expose(report).find("process_open_fds") == std::string::npos);
  report.with_exporter_metrics = true;
  const auto text = expose(report);
  CHECK(
      has(text, "openclaw_lock_exporter_http_requests_total{code=\"200\"} 7"));
  CHECK(count(text, "process_") == 6);
}

TEST_CASE("make_families: what logs may tell is 0 from the start") {
  const auto text = expose(fleet({with_logs("main")}));
  // Four kinds of no agent, and three of the agent that the locks tell.
  CHECK(count(text, "openclaw_lock_timeouts_total{") == 7);
  for (const std::string kind : {"session", "session_store", "sqlite"})
    CHECK(
        has(text, R"(openclaw_lock_timeouts_total{agent="main",gateway="main",)"
                  R"(kind=")" +
                      kind + "\"} 0"));
  CHECK(has(text, R"(openclaw_lock_timeouts_total{agent="",gateway="main",)"
                  R"(kind="sandbox"} 0)"));
  CHECK(count(text, "openclaw_lock_log_events_total{") == kLogEventKindCount);
  CHECK(has(text, R"(openclaw_lock_log_events_total{event="log_suppressed",)"
                  R"(gateway="main"} 0)"));
  CHECK(count(text, "openclaw_lock_log_lines_total{") == kLineOutcomeCount);
  CHECK(has(text, R"(openclaw_lock_log_bytes_total{gateway="main"} 0)"));
  CHECK(has(text, R"(openclaw_lock_log_rotations_total{gateway="main"} 0)"));
  CHECK(has(text, R"(openclaw_lock_log_files{gateway="main"} 0)"));
  CHECK(has(text, R"(openclaw_lock_log_unread_bytes{gateway="main"} 0)"));
  // Nothing was seen that these could tell of.
  CHECK(count(text, "openclaw_lock_timeout_last_timestamp_seconds") == 0);
  CHECK(count(text, "openclaw_lock_log_last_line_timestamp_seconds") == 0);
  CHECK(count(text, "openclaw_lock_wait_seconds") == 0);
}

TEST_CASE("make_families: what was found in the logs") {
  LogFacts logs;
  logs.totals.timeouts[{"main", TimeoutKind::session}] = 2;
  logs.totals.timeouts[{"guest", TimeoutKind::sqlite}] = 3;
  logs.totals.waits[TimeoutKind::session].observe(10s);
  logs.totals.events[static_cast<std::size_t>(LogEventKind::stuck_session)] = 4;
  logs.totals.lines = {5, 6, 7, 8};
  logs.totals.bytes = 9;
  logs.totals.rotations = 10;
  logs.totals.last_timeout_at = kNow;
  logs.totals.last_line_at = kNow + 1500ms;
  logs.files = 11;
  logs.unread_bytes = 12;
  const auto text = expose(fleet({with_logs("main", logs)}));
  CHECK(count(text, "openclaw_lock_timeouts_total{") == 8);
  for (
      const std::string line :
      {R"(openclaw_lock_timeouts_total{agent="main",gateway="main",kind="session"} 2)",
       R"(openclaw_lock_timeouts_total{agent="guest",gateway="main",kind="sqlite"} 3)",
       R"(openclaw_lock_timeout_last_timestamp_seconds{gateway="main"} 1795216202)",
       R"(openclaw_lock_wait_seconds_count{gateway="main",kind="session"} 1)",
       R"(openclaw_lock_wait_seconds_sum{gateway="main",kind="session"} 10)",
       R"(openclaw_lock_log_events_total{event="stuck_session",gateway="main"} 4)",
       R"(openclaw_lock_log_lines_total{gateway="main",outcome="matched"} 5)",
       R"(openclaw_lock_log_lines_total{gateway="main",outcome="oversized"} 8)",
       R"(openclaw_lock_log_bytes_total{gateway="main"} 9)",
       R"(openclaw_lock_log_rotations_total{gateway="main"} 10)",
       R"(openclaw_lock_log_last_line_timestamp_seconds{gateway="main"} 1795216203.5)",
       R"(openclaw_lock_log_files{gateway="main"} 11)",
       R"(openclaw_lock_log_unread_bytes{gateway="main"} 12)",
       R"(openclaw_lock_source_up{gateway="main",source="logs"} 1)"}) {
    CAPTURE(line);
    CHECK(has(text, line));
  }
}

TEST_CASE("make_families: before the first round of logs there is no figure") {
  auto fresh = gateway("main");
  fresh.logs_health = SourceHealth{};
  const auto text = expose(fleet({fresh}));
  CHECK(count(text, "openclaw_lock_log") == 0);
  CHECK(count(text, "openclaw_lock_timeout") == 0);
  CHECK(
      has(text, R"(openclaw_lock_source_up{gateway="main",source="logs"} 0)"));
}

TEST_CASE("make_families: a log reader that hangs has counters, no gauges") {
  LogFacts logs;
  logs.totals.bytes = 9;
  auto hanging = with_logs("a", logs);
  hanging.logs_health->up = hanging.logs_health->fresh = false;
  const auto text = expose(fleet({hanging, with_logs("b")}));
  CHECK(has(text, R"(openclaw_lock_log_bytes_total{gateway="a"} 9)"));
  CHECK(count(text,
              R"(openclaw_lock_timeouts_total{agent="main",gateway="a")") == 3);
  CHECK(count(text, R"(openclaw_lock_log_unread_bytes{gateway="a"})") == 0);
  CHECK(count(text, R"(openclaw_lock_log_files{gateway="a"})") == 0);
  CHECK(count(text, R"(openclaw_lock_log_files{gateway="b"})") == 1);
  CHECK(has(text, R"(openclaw_lock_source_up{gateway="a",source="logs"} 0)"));
}

TEST_CASE("make_families: logs that are switched off have no samples") {
  const auto text = expose(fleet({gateway("main")}));
  CHECK(count(text, "openclaw_lock_log") == 0);
  CHECK(text.find("source=\"logs\"") == std::string::npos);
}
