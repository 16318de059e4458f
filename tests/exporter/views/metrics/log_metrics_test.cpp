// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "tests/support/metrics_text.h"
#include "tests/support/sample_facts.h"
#include "tests/support/sample_fleet.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::string samples(const GatewaySnapshot& gateway) {
  return without_comments(expose(log_metrics(), fleet_of({gateway})));
}

}  // namespace

namespace openclaw_lock {

void put_log_sample(Readings& readings) {
  LogFacts logs;
  logs.files = 1;
  logs.totals.last_line_at = kSampleNow;
  logs.totals.last_timeout_at = kSampleNow;
  logs.totals.waits[TimeoutKind::session].observe(5s);
  logs.totals.waits[TimeoutKind::sandbox].observe(5s);
  logs.totals.events.fill(1);
  logs.totals.rotations = 1;
  logs.totals.turns = {1, 1};
  logs.totals.stalls[LogEventKind::liveness_warning].observe(5s);
  put(readings, logs);
}

}  // namespace openclaw_lock

TEST_CASE("log metrics: what alerts read is 0 from the start") {
  const auto text = samples(gateway_with_logs("main"));
  // Of no agent what has none, and three kinds of the agent that locks tell.
  CHECK(count_lines(text, "openclaw_lock_timeouts_total{") == 5);
  for (const std::string kind : {"session", "session_store", "sqlite"})
    CHECK(has_line(
        text, R"(openclaw_lock_timeouts_total{agent="main",gateway="main",)"
              R"(kind=")" +
                  kind + "\"} 0"));
  CHECK(has_line(text,
                 R"(openclaw_lock_timeouts_total{agent="",gateway="main",)"
                 R"(kind="sandbox"} 0)"));
  for (const std::string event :
       {"database_locked", "embedded_fallback", "log_suppressed",
        "sqlite_lock_wait_failed", "sqlite_slow_lock_wait"})
    CHECK(has_line(text, R"(openclaw_lock_log_events_total{event=")" + event +
                             R"(",gateway="main"} 0)"));
  CHECK(has_line(text, R"(openclaw_lock_log_bytes_total{gateway="main"} 0)"));
  CHECK(has_line(text, R"(openclaw_lock_log_files{gateway="main"} 0)"));
  CHECK(has_line(text, R"(openclaw_lock_log_unread_bytes{gateway="main"} 0)"));
}

TEST_CASE("log metrics: what was not seen yet") {
  const auto text = samples(gateway_with_logs("main"));
  CHECK(count_lines(text, "openclaw_lock_log_events_total{") ==
        kLogEventKindCount);
  CHECK(count_lines(text, "openclaw_lock_log_lines_total{") == 3);
  CHECK(count_lines(text, "openclaw_lock_timeout_last_timestamp_seconds") == 0);
  CHECK(count_lines(text, "openclaw_lock_log_last_line_timestamp_seconds") ==
        0);
  CHECK(count_lines(text, "openclaw_lock_wait_seconds") == 0);
  CHECK(count_lines(text, "openclaw_lock_log_rotations_total") == 0);
}

TEST_CASE("log metrics: what was found in the logs") {
  LogFacts logs;
  logs.totals.timeouts[{"main", TimeoutKind::session}] = 2;
  logs.totals.timeouts[{"guest", TimeoutKind::sqlite}] = 3;
  logs.totals.waits[TimeoutKind::session].observe(10s);
  logs.totals.events[static_cast<std::size_t>(LogEventKind::stuck_session)] = 4;
  logs.totals.lines = {5, 6, 7, 8};
  logs.totals.bytes = 9;
  logs.totals.rotations = 10;
  logs.totals.last_timeout_at = kSampleNow;
  logs.totals.last_line_at = kSampleNow + 1500ms;
  logs.files = 11;
  logs.unread_bytes = 12;
  const auto text = samples(gateway_with_logs("main", logs));
  CHECK(count_lines(text, "openclaw_lock_timeouts_total{") == 6);
  for (
      const std::string line :
      {R"(openclaw_lock_timeouts_total{agent="main",gateway="main",kind="session"} 2)",
       R"(openclaw_lock_timeouts_total{agent="guest",gateway="main",kind="sqlite"} 3)",
       R"(openclaw_lock_timeout_last_timestamp_seconds{gateway="main"} 1795216202)",
       R"(openclaw_lock_wait_seconds_count{gateway="main",kind="session"} 1)",
       R"(openclaw_lock_wait_seconds_sum{gateway="main",kind="session"} 10)",
       R"(openclaw_lock_log_events_total{event="stuck_session",gateway="main"} 4)",
       R"(openclaw_lock_log_lines_total{gateway="main",outcome="matched"} 5)",
       R"(openclaw_lock_log_lines_total{gateway="main",outcome="unparsed"} 7)",
       R"(openclaw_lock_log_lines_total{gateway="main",outcome="oversized"} 8)",
       R"(openclaw_lock_log_bytes_total{gateway="main"} 9)",
       R"(openclaw_lock_log_rotations_total{gateway="main"} 10)",
       R"(openclaw_lock_log_last_line_timestamp_seconds{gateway="main"} 1795216203.5)",
       R"(openclaw_lock_log_files{gateway="main"} 11)",
       R"(openclaw_lock_log_unread_bytes{gateway="main"} 12)"}) {
    CAPTURE(line);
    CHECK(has_line(text, line));
  }
}

TEST_CASE("log metrics: before the first round of logs there is no figure") {
  auto fresh = gateway_with_lock("main");
  fresh.readings.put<LogFacts>(SourceName::logs, nullptr, {});
  CHECK(samples(fresh).empty());
}

TEST_CASE("log metrics: a reader that hangs has counters, no gauges") {
  LogFacts logs;
  logs.totals.bytes = 9;
  auto hanging = gateway_with_logs("a", logs);
  auto& health = *hanging.readings.health_of<LogFacts>();
  health.up = health.fresh = false;
  const auto text = without_comments(
      expose(log_metrics(), fleet_of({hanging, gateway_with_logs("b")})));
  CHECK(has_line(text, R"(openclaw_lock_log_bytes_total{gateway="a"} 9)"));
  CHECK(count_lines(
            text, R"(openclaw_lock_timeouts_total{agent="main",gateway="a")") ==
        3);
  CHECK(count_lines(text, R"(openclaw_lock_log_unread_bytes{gateway="a"})") ==
        0);
  CHECK(count_lines(text, R"(openclaw_lock_log_files{gateway="a"})") == 0);
  CHECK(count_lines(text, R"(openclaw_lock_log_files{gateway="b"})") == 1);
}
