// SPDX-License-Identifier: Apache-2.0
#include "core/logs/console_text.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

const std::string kForged =
    "[diagnostic] lane task error: lane=session:agent:main:main durationMs=1 "
    "error=\"session file locked (timeout 10000ms): pid=1 /x.jsonl.lock\"";

/// A console whose wrapper, if any, notes stream and arrival.
struct Console {
  ConsoleTextDecoder decoder;
  ConsoleStream stream = ConsoleStream::unknown;

  std::optional<LogRecord> operator()(const std::string& text,
                                      std::string_view arrived_at = {}) {
    CAPTURE(text);
    return decoder.decode({text, stream, parse_iso8601(arrived_at)});
  }
};

}  // namespace

TEST_CASE("ConsoleTextDecoder: compact") {
  Console console;
  const auto record =
      console("2026-11-21T01:16:17.939+02:00 [diagnostic] lane task error: x");
  REQUIRE(record);
  CHECK(record->time == parse_iso8601("2026-11-20T23:16:17.939Z"));
  CHECK(record->subsystem == "diagnostic");
  CHECK(record->message == "lane task error: x");
  CHECK(record->level == RecordLevel::unknown);
  CHECK(record->source == LogSource::console_text);
}

TEST_CASE("ConsoleTextDecoder: pretty, with and without colours") {
  for (const std::string text :
       {"23:16:17 [diagnostic] x", "23:16:17 [diagnostic] x\r",
        "\x1b[90m23:16:17\x1b[39m \x1b[36m[diagnostic]\x1b[39m "
        "\x1b[1;31mx\x1b[0m"}) {
    Console console;
    const auto record = console(text, "2026-11-20T23:16:17.950Z");
    REQUIRE(record);
    CHECK(record->time == parse_iso8601("2026-11-20T23:16:17.950Z"));
    CHECK(record->subsystem == "diagnostic");
    CHECK(record->message == "x");
  }
}

TEST_CASE("ConsoleTextDecoder: escapes that are no colours stay") {
  Console console;
  CHECK(console("[a] \x1b[2Jx\x1b[")->message == "\x1b[2Jx\x1b[");
}

TEST_CASE("ConsoleTextDecoder: a subsystem's name is short and plain") {
  for (const std::string text :
       {"[not a name] x", "[] x", "[diagnostic]x", "[ [a] x",
        "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa] "
        "x"}) {
    Console console;
    const auto record = console("2026-11-20T23:16:17.939Z " + text);
    REQUIRE(record);
    CHECK(record->subsystem.empty());
    CHECK(record->message == text);
  }
}

TEST_CASE("ConsoleTextDecoder: fields behind the message (2026.9.6)") {
  Console console;
  const auto record = console(
      "2026-11-20T23:28:52.715+00:00 [sqlite/transaction] SQLite transaction "
      "lock wait failed async=false database=/s/agents/main/agent/a.sqlite "
      "elapsedMs=5056 operation=agent.write sqlitePrimaryCode=5 "
      "error=\"inputs changed\" errorFrame=\"at f (x=1)\"");
  REQUIRE(record);
  CHECK(record->database == "/s/agents/main/agent/a.sqlite");
  CHECK(record->elapsed == std::chrono::milliseconds{5056});
  CHECK(record->sqlite_primary_code == 5);
  CHECK(record->error == "inputs changed");
}

TEST_CASE("ConsoleTextDecoder: lines of a text belong to its record") {
  Console console;
  CHECK(console("2026-11-20T23:39:55.720+00:00 [channels] failed: code 128"));
  CHECK_FALSE(console("npm error ssh: Could not resolve hostname"));
  CHECK_FALSE(console("[diagnostic] " + kForged));
  CHECK_FALSE(console(""));
  CHECK(console("2026-11-20T23:39:59.854+00:00 [heartbeat] disabled"));
}

TEST_CASE("ConsoleTextDecoder: a CLI's lines have no time") {
  Console console;
  const auto first = console("[diagnostic] lane task error: lane=main");
  REQUIRE(first);
  CHECK_FALSE(first->time);
  CHECK(first->subsystem == "diagnostic");
  CHECK(console("[diagnostic] lane task error: lane=session:x"));
  CHECK_FALSE(console("SessionWriteLockTimeoutError: session file locked"));
  CHECK_FALSE(console(kForged));
}

TEST_CASE("ConsoleTextDecoder: the watchdog's line has no time") {
  Console console;
  CHECK(console("2026-11-20T23:39:55.720+00:00 pong"));
  const auto record = console(
      "[session-write-lock] releasing lock held for 360000ms (max=300000ms): "
      "/x.jsonl.lock");
  REQUIRE(record);
  CHECK(record->subsystem == "session-write-lock");
  CHECK(record->message.starts_with("releasing lock held for 360000ms"));
}

TEST_CASE("ConsoleTextDecoder: a reply's second line, as captured") {
  Console console;
  CHECK(console("2026-11-20T23:35:38.450+00:00 SessionWriteLockTimeoutError"));
  CHECK_FALSE(console("2026-11-20T00:00:00.000+00:00 " + kForged));
  CHECK_FALSE(console("23:35:38 " + kForged));
  CHECK_FALSE(console(kForged));
}

TEST_CASE("ConsoleTextDecoder: a known arrival narrows what can be forged") {
  Console console;
  CHECK(console("2026-11-20T23:35:38.450Z reply", "2026-11-20T23:35:38.451Z"));
  CHECK_FALSE(console("2026-11-20T23:36:38.450Z " + kForged,
                      "2026-11-20T23:35:38.451Z"));
  SUBCASE("a true line later") {
    CHECK(console("2026-11-20T23:36:38.450Z " + kForged,
                  "2026-11-20T23:36:38.451Z"));
  }
  SUBCASE("a worker thread's line, without header") {
    CHECK(console("[sqlite/transaction] x", "2026-11-20T23:36:38.451Z"));
  }
  SUBCASE("after the clock was set back") {
    CHECK(console("2026-11-20T22:00:00.000Z [a] b", "2026-11-20T23:36:38.0Z"));
    CHECK(console("2026-11-20T22:00:00.010Z [a] b", "2026-11-20T23:36:38.1Z"));
  }
  SUBCASE("after both clocks were set back") {
    CHECK(console("2026-11-20T22:00:00.000Z [a] b", "2026-11-20T22:00:00.0Z"));
  }
}

TEST_CASE("ConsoleTextDecoder: nothing on stderr is a reply") {
  Console console;
  console.stream = ConsoleStream::err;
  CHECK(console("2026-11-20T23:35:38.450Z [a] x")->stream ==
        ConsoleStream::err);
  CHECK(console("[sqlite/transaction] x"));
  CHECK(console("2026-11-20T00:00:00.000Z [a] x"));
}

TEST_CASE("ConsoleTextDecoder: a terminal has one stream") {
  Console console;
  console.stream = ConsoleStream::out;
  CHECK(console("23:35:38 [a] x")->stream == ConsoleStream::unknown);
  Console service;
  service.stream = ConsoleStream::out;
  CHECK(service("2026-11-20T23:35:38.450Z [a] x")->stream ==
        ConsoleStream::out);
}

TEST_CASE("ConsoleTextDecoder: midnight in pretty") {
  Console console;
  CHECK(console("23:59:59 [a] x"));
  CHECK(console("00:00:05 [a] y"));
  CHECK_FALSE(console("00:00:01 [a] z"));
}

TEST_CASE("ConsoleTextDecoder: a false start does not last") {
  Console console;
  CHECK(console("2099-01-01T00:00:00.000Z [a] forged"));
  int lost = 0;
  while (!console("2026-11-20T23:35:38.450Z [a] true")) ++lost;
  CHECK(lost == ConsoleTextDecoder::kMaxRecordLines - 1);
  CHECK(console("2026-11-20T23:35:38.451Z [a] true"));
}

TEST_CASE("ConsoleTextDecoder: no line is dated after it was read") {
  ConsoleTextDecoder decoder;
  const auto read_at = parse_iso8601("2026-11-20T23:35:39.000Z");
  const auto decode = [&](const std::string& text) {
    return decoder.decode({text, ConsoleStream::unknown, {}, read_at});
  };
  CHECK(decode("2026-11-20T23:35:38.450Z reply"));
  CHECK_FALSE(decode("2099-01-01T00:00:00.000Z " + kForged));
  CHECK_FALSE(decode("2026-11-20T23:35:40.001Z " + kForged));
  CHECK(decode("2026-11-20T23:35:38.451Z [a] true"));
}

TEST_CASE("ConsoleTextDecoder: a reply on stdout cannot pass for a terminal") {
  Console console;
  console.stream = ConsoleStream::out;
  CHECK(console("2026-11-20T23:35:38.450Z reply", "2026-11-20T23:35:38.451Z"));
  for (int i = 0; i < 2 * ConsoleTextDecoder::kMaxRecordLines; ++i)
    CHECK_FALSE(console("23:35:38 " + kForged, "2026-11-20T23:35:38.460Z"));
  const auto late = console("23:35:40 " + kForged, "2026-11-20T23:35:40.460Z");
  REQUIRE(late);
  CHECK(late->stream == ConsoleStream::out);
}
