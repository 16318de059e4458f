// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_event.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace openclaw_lock;
using std::chrono::milliseconds;

namespace {

const std::string kPath =
    "/home/node/.openclaw/agents/main/sessions/1e29302e.jsonl.lock";
const std::string kSentence =
    "session file locked (timeout 10000ms): pid=5809 " + kPath;

LogRecord record(const std::string& subsystem, RecordLevel level,
                 const std::string& message) {
  LogRecord made;
  made.subsystem = subsystem;
  made.level = level;
  made.message = message;
  return made;
}

LogRecord lane_error(const std::string& lane, const std::string& error) {
  return record("diagnostic", RecordLevel::error,
                "lane task error: lane=" + lane + " durationMs=10419 error=\"" +
                    error + "\"");
}

LogRecord on_console(LogRecord made, ConsoleStream stream) {
  made.source = LogSource::console_text;
  made.level = RecordLevel::unknown;
  made.stream = stream;
  return made;
}

std::string kind_of(const LogRecord& made) {
  const auto event = classify_log_record(made);
  return event && event->kind ? std::string{to_string(*event->kind)} : "none";
}

std::optional<LockIncident> incident_of(const std::string& error) {
  const auto event =
      classify_log_record(lane_error("session:agent:main:main", error));
  if (!event) return {};
  return event->incident;
}

}  // namespace

TEST_CASE("classify_log_record: an incident as 2026.4.24 writes it") {
  const auto found = incident_of("SessionWriteLockTimeoutError: " + kSentence);
  REQUIRE(found);
  CHECK(found->agent == "main");
  CHECK(found->kind == TimeoutKind::session);
  CHECK(found->wait == milliseconds{10000});
  CHECK(found->lane == "session:agent:main:main");
  CHECK(found->lock_path == kPath);
  CHECK(found->pid == 5809);
}

TEST_CASE("classify_log_record: what kind of lock was not had") {
  const std::string start = "session file locked (timeout 9841ms): pid=7 ";
  CHECK(incident_of(start + "/s/agents/a/sessions/sessions.json.lock")->kind ==
        TimeoutKind::session_store);
  CHECK(incident_of(start + "/s/sandbox/containers.json.lock")->kind ==
        TimeoutKind::sandbox);
  const auto lease = incident_of(
      "session file locked (timeout 60000ms): another OpenClaw process "
      "sqlite:session-write:[\\\"main\\\",\\\"x\\\"]");
  REQUIRE(lease);
  CHECK(lease->kind == TimeoutKind::session);
  CHECK(lease->agent == "main");
  const auto store = incident_of(
      "timeout waiting for session store lock: /s/agents/b/sessions/"
      "sessions.json");
  REQUIRE(store);
  CHECK(store->kind == TimeoutKind::session_store);
  CHECK(store->agent == "b");
  CHECK_FALSE(store->wait);
}

TEST_CASE("classify_log_record: buried in a fallback, up to 2026.4.22") {
  const auto event = classify_log_record(lane_error(
      "session:agent:main:main",
      "FallbackSummaryError: All models failed (2): fake/fake-1: Error: " +
          kSentence + " (timeout) | fake/fake-2: Error: " + kSentence));
  REQUIRE(event);
  CHECK(event->kind == LogEventKind::all_models_failed);
  REQUIRE(event->incident);
  CHECK(event->incident->agent == "main");
  CHECK(event->incident->lock_path == kPath);
  CHECK_FALSE(incident_of("All models failed (1): a/b: 429 said " + kSentence));
}

TEST_CASE("classify_log_record: one incident in the lines of one turn") {
  CHECK(kind_of(lane_error("main", kSentence)) == "lock_timeout");
  CHECK_FALSE(classify_log_record(lane_error("main", kSentence))->incident);
  const auto ws = record(
      "gateway/ws", RecordLevel::info,
      "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=Error: " + kSentence +
          " runId=1 error=Error: " + kSentence);
  CHECK(kind_of(ws) == "lock_timeout");
  CHECK_FALSE(classify_log_record(ws)->incident);
  CHECK(kind_of(record("", RecordLevel::error,
                       "GatewayClientRequestError: Error: " + kSentence)) ==
        "lock_timeout");
  CHECK(kind_of(record("", RecordLevel::error,
                       "Gateway agent failed; falling back to embedded: " +
                           kSentence)) == "embedded_fallback");
}

TEST_CASE("classify_log_record: forged text is no event") {
  const auto line = lane_error("session:agent:main:main", kSentence).message;
  CHECK(kind_of(record("", RecordLevel::info, line)) == "none");
  CHECK(kind_of(record("", RecordLevel::error, line)) == "none");
  CHECK(kind_of(record("", RecordLevel::info, kSentence)) == "none");
  CHECK(kind_of(record("diagnostic", RecordLevel::info, line)) == "none");
  CHECK(kind_of(record("diagnostic", RecordLevel::error, "x " + line)) ==
        "none");
  CHECK(kind_of(record("gateway", RecordLevel::error, line)) == "none");
  CHECK(kind_of(record("", RecordLevel::info, "pong\n" + line)) == "none");
  CHECK(kind_of(lane_error("session:a", "400: you said " + kSentence)) ==
        "none");
  CHECK(kind_of(record("tools", RecordLevel::error, "exec: " + line)) ==
        "none");
}

TEST_CASE("classify_log_record: the stream is a console's level") {
  const auto line = lane_error("session:agent:main:main", kSentence);
  CHECK(kind_of(on_console(line, ConsoleStream::err)) == "lock_timeout");
  CHECK(kind_of(on_console(line, ConsoleStream::unknown)) == "lock_timeout");
  CHECK(kind_of(on_console(line, ConsoleStream::out)) == "none");
  const auto plain = record("", RecordLevel::unknown,
                            "EMBEDDED FALLBACK: Gateway agent failed; x");
  CHECK(kind_of(on_console(plain, ConsoleStream::err)) == "embedded_fallback");
  CHECK(kind_of(on_console(plain, ConsoleStream::unknown)) == "none");
  CHECK(kind_of(on_console(plain, ConsoleStream::out)) == "none");
}

TEST_CASE("classify_log_record: a console shortens names") {
  CHECK(kind_of(on_console(
            record("ws", RecordLevel::unknown,
                   "⇄ res ✗ agent 5ms errorMessage=Error: database is locked"),
            ConsoleStream::out)) == "database_locked");
  CHECK(kind_of(
            on_console(record("gateway", RecordLevel::unknown,
                              "already running under systemd; waiting 5000ms"),
                       ConsoleStream::err)) == "gateway_already_running");
  CHECK(kind_of(record("ws", RecordLevel::info,
                       "⇄ res ✗ errorMessage=database is locked")) == "none");
}

TEST_CASE("classify_log_record: a SQLite wait is no incident of its own") {
  auto wait = record("sqlite/transaction", RecordLevel::warn,
                     "SQLite transaction lock wait failed");
  wait.database = "/s/agents/main/agent/openclaw-agent.sqlite";
  wait.elapsed = milliseconds{5056};
  const auto event = classify_log_record(wait);
  REQUIRE(event);
  CHECK(event->kind == LogEventKind::sqlite_lock_wait_failed);
  CHECK(event->sqlite_wait == milliseconds{5056});
  CHECK_FALSE(event->incident);
  wait.message = "slow SQLite transaction lock wait";
  CHECK(kind_of(wait) == "sqlite_slow_lock_wait");
  CHECK(classify_log_record(wait)->sqlite_wait == milliseconds{5056});
  CHECK_FALSE(classify_log_record(wait)->incident);
}

TEST_CASE("classify_log_record: a run that failed for a database") {
  const auto request =
      classify_log_record(record("gateway", RecordLevel::error,
                                 "request handler failed: Error: database is "
                                 "locked: code=ERR_SQLITE_ERROR"));
  REQUIRE(request);
  REQUIRE(request->incident);
  CHECK(request->incident->kind == TimeoutKind::sqlite);
  CHECK(request->incident->agent.empty());
  const auto lane = incident_of("database is locked");
  REQUIRE(lane);
  CHECK(lane->kind == TimeoutKind::sqlite);
  CHECK(lane->agent == "main");
}

TEST_CASE("classify_log_record: a text that was cut does not name the lock") {
  const auto event = classify_log_record(
      record("gateway", RecordLevel::error,
             "request handler failed: Error: session file locked (timeout "
             "10000ms): pid=7 /s/agents/main/sessions/6a8..."));
  REQUIRE(event);
  REQUIRE(event->incident);
  CHECK(event->incident->lock_path.empty());
  CHECK(event->incident->agent == "main");
}

TEST_CASE("classify_log_record: every other event by its line") {
  const struct {
    const char* kind;
    const char* subsystem;
    RecordLevel level;
    const char* message;
  } lines[] = {
      {"lock_stale", "diagnostic", RecordLevel::error,
       "lane task error: lane=session:a durationMs=1 "
       "error=\"SessionWriteLockStaleError: session file lock stale (too-old): "
       "pid=1 /x.jsonl.lock\""},
      {"lock_removed_stale", "gateway", RecordLevel::warn,
       "removed stale session lock: /x.jsonl.lock (dead-pid)"},
      {"lock_force_released", "", RecordLevel::warn,
       "[session-write-lock] releasing lock held for 9ms (max=1ms): /x"},
      {"session_takeover", "diagnostic", RecordLevel::error,
       "lane task error: lane=main durationMs=1 error=\""
       "EmbeddedAttemptSessionTakeoverError: session file changed while "
       "embedded prompt lock was released: /x.jsonl\""},
      {"file_lock_stale", "", RecordLevel::error,
       "Error: file lock stale for /x"},
      {"gateway_already_running", "", RecordLevel::error,
       "Gateway failed to start: gateway already running (pid 1); lock"},
      {"gateway_refused", "", RecordLevel::error,
       "A Gateway is running for this state directory (pid 1, port 2)."},
      {"sqlite_slow_hold", "sqlite/transaction", RecordLevel::warn,
       "slow SQLite transaction hold"},
      {"database_locked", "gateway", RecordLevel::error,
       "request handler failed: Error: database is locked: code=E"},
      {"liveness_warning", "diagnostic", RecordLevel::warn,
       "liveness warning: reasons=event_loop_delay interval=30s"},
      {"stuck_session", "diagnostic", RecordLevel::warn,
       "stalled session: sessionId=x"},
      {"none", "diagnostic", RecordLevel::debug,
       "stalled session: sessionId=x"},
      {"none", "diagnostic", RecordLevel::warn, "stuck session recovery: x"},
      {"none", "sqlite/transaction", RecordLevel::warn,
       "slow SQLite coordinator lock wait"},
      {"none", "session-sqlite", RecordLevel::warn,
       "SQLite session write failed"},
      {"log_suppressed", "logging", RecordLevel::warn,
       "log file size cap reached; suppressing writes file=x"},
  };
  for (const auto& line : lines) {
    CAPTURE(line.message);
    CHECK(kind_of(record(line.subsystem, line.level, line.message)) ==
          line.kind);
  }
}

TEST_CASE("classify_log_record: what only a field tells") {
  auto write = record("session-sqlite", RecordLevel::warn,
                      "SQLite session write failed");
  write.error = "database is locked | ERR_SQLITE_ERROR";
  CHECK(kind_of(write) == "database_locked");
  auto lost = record("", RecordLevel::unknown,
                     "[openclaw] file log queue overflow; dropped 3 oldest");
  CHECK(kind_of(lost) == "none");
  lost.dropped = 3;
  CHECK(kind_of(lost) == "log_suppressed");
}

TEST_CASE("to_string: every event has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kLogEventKindCount; ++i)
    names.insert(to_string(static_cast<LogEventKind>(i)));
  CHECK(names.size() == kLogEventKindCount);
  CHECK(names.count("log_suppressed") == 1);
}
