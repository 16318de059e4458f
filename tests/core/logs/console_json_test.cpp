// SPDX-License-Identifier: Apache-2.0
#include "core/logs/console_json.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("parse_console_json: a line of 2026.9.6 with fields") {
  const auto record = parse_console_json(
      R"({"elapsedMs":5056,"database":"/s/agents/main/agent/a.sqlite",)"
      R"("sqlitePrimaryCode":5,"time":"2026-11-20T23:28:52.715+00:00",)"
      R"("level":"warn","subsystem":"sqlite/transaction",)"
      R"("message":"SQLite transaction lock wait failed"})");
  REQUIRE(record);
  CHECK(record->source == LogSource::console_json);
  CHECK(record->time == parse_iso8601("2026-11-20T23:28:52.715Z"));
  CHECK(record->level == RecordLevel::warn);
  CHECK(record->subsystem == "sqlite/transaction");
  CHECK(record->message == "SQLite transaction lock wait failed");
  CHECK(record->elapsed == std::chrono::milliseconds{5056});
  CHECK(record->sqlite_primary_code == 5);
}

TEST_CASE("parse_console_json: printed text has no subsystem") {
  const auto record = parse_console_json(
      R"({"time":"x","level":"info","message":"a\nb [diagnostic] c"})");
  REQUIRE(record);
  CHECK(record->subsystem.empty());
  CHECK(record->message == "a\nb [diagnostic] c");
  CHECK_FALSE(record->time);
}

TEST_CASE("parse_console_json: what is no line of it") {
  for (const std::string line :
       {"", "{}", "[]", "pong", "{\"message\":7}", "{\"message\":\"x\"",
        "{\"a\":{\"message\":\"x\"}}"}) {
    CAPTURE(line);
    const auto record = parse_console_json(line);
    REQUIRE_FALSE(record);
    CHECK(record.problem().fault == Fault::malformed);
  }
  const auto big = parse_console_json(std::string(kMaxLogLineBytes + 1, ' '));
  REQUIRE_FALSE(big);
  CHECK(big.problem().fault == Fault::too_big);
}
