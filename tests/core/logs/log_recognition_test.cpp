// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/logs/log_decoder.h"
#include "tests/support/captures.h"

using namespace openclaw_lock;

namespace {

/// An incident that a second line tells, too.
const std::string kTwin =
    "2026-11-20T23:16:17.938+00:00 [diagnostic] lane task error: lane=main "
    "durationMs=10011 error=\"Error: session file locked (timeout 10000ms): "
    "pid=9 /s/agents/main/sessions/s1.jsonl.lock\"";
const std::string kText =
    "2026-11-20T23:16:17.939+00:00 [diagnostic] lane task error: "
    "lane=session:agent:main:main durationMs=10011 error=\"Error: session file "
    "locked (timeout 10000ms): pid=9 /s/agents/main/sessions/s1.jsonl.lock\"";
const std::string kJson =
    R"({"time":"2026-11-20T23:16:17.939+00:00","level":"error",)"
    R"("subsystem":"diagnostic","message":"lane task error: )"
    R"(lane=session:agent:main:main durationMs=10011 error=\"Error: session )"
    R"(file locked (timeout 10000ms): pid=9 )"
    R"(/s/agents/main/sessions/s1.jsonl.lock\""})";

struct Reading {
  Reading& take(const std::string& lines) {
    decoder.decode(lines, counts, [this](const LogEvent& event, LogSource) {
      if (event.incident) ++incidents;
    });
    return *this;
  }
  Reading& take(const std::string& line, int times) {
    for (int i = 0; i < times; ++i) take(line + '\n');
    return *this;
  }
  std::uint64_t unparsed() const { return counts[2]; }

  LogDecoder decoder;
  LineCounts counts{};
  int incidents = 0;
};

std::string quoted(const std::string& line) {
  std::string text = "\"";
  for (const char c : line) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

}  // namespace

TEST_CASE("LogDecoder: lines of which none is recognised") {
  Reading log;
  log.take("one\ntwo\nthree\nfour\n");
  CHECK_FALSE(log.decoder.is_lost());
  log.take("five\n");
  CHECK(log.decoder.is_lost());
  log.take(kText + '\n');
  CHECK_FALSE(log.decoder.is_lost());
}

TEST_CASE("LogDecoder: how many lines there are does not matter") {
  for (int lines = LogDecoder::kFewLines; lines < 130; ++lines) {
    CAPTURE(lines);
    CHECK(Reading{}.take("zzz", lines).decoder.is_lost());
    std::string piece;
    for (int i = 0; i < lines; ++i) piece += "zzz\n";
    CHECK(Reading{}.take(piece).decoder.is_lost());
  }
}

TEST_CASE("LogDecoder: empty lines between strange ones do not matter") {
  CHECK(Reading{}.take("zzz\n", 5).decoder.is_lost());
  CHECK(Reading{}.take("zzz\n\r", 50).decoder.is_lost());
}

TEST_CASE("LogDecoder: unknown words in front of a gateway's line") {
  const std::vector<std::string> prefixes{
      "openclaw-0 gateway ",
      "2026-11-20T23:16:18+00:00 my stream ",
      "[1] ",
      "[0] tail.0: [[1763680578.0, {}], {\"log\"=>\"",
      "@400000006740a1b21f3c5d4c ",
      "[ 1234.567890] host openclaw[77]: "};
  for (const auto& prefix : prefixes)
    for (const auto& line : {kText, kJson}) {
      CAPTURE(prefix + line);
      const auto strange = prefix + line;
      Reading log;
      log.take(strange, 50);
      CHECK(log.incidents == 0);
      CHECK(log.unparsed() == 50);
      CHECK(log.decoder.is_lost());
      for (const auto wrap : {wrapped::docker, wrapped::journald}) {
        Reading inside;
        for (int i = 0; i < 50; ++i) inside.take(wrap(strange, false));
        CHECK(inside.incidents == 0);
        CHECK(inside.unparsed() == 50);
        CHECK(inside.decoder.is_lost());
      }
    }
}

TEST_CASE("LogDecoder: known words in front of it, inside a wrapper") {
  for (const std::string prefix : {"0|openclaw  | ", "openclaw-gateway-1  | ",
                                   "Nov 28 16:00:00 host openclaw[1234]: "})
    for (const auto& line : {kText, kJson}) {
      CAPTURE(prefix + line);
      for (const auto wrap :
           {wrapped::docker, wrapped::cri, wrapped::journald}) {
        Reading log;
        if (line == kText) log.take(wrap(prefix + kTwin, true));
        log.take(wrap(prefix + line, true));
        CHECK(log.incidents == 1);
        CHECK(log.decoder.layout().console_prefixed);
        CHECK_FALSE(log.decoder.is_lost());
      }
    }
}

TEST_CASE("LogDecoder: the first line as it is, the others behind something") {
  Reading log;
  log.take("2026-11-20T23:16:16.000+00:00 [gateway] starting\n");
  log.take("openclaw-0 gateway " + kText, LogDecoder::kMaxMalformed - 1);
  CHECK_FALSE(log.decoder.is_lost());
  log.take("openclaw-0 gateway " + kText, 500);
  CHECK(log.decoder.is_lost());
  CHECK(log.incidents == 0);
  log.take("2026-11-20T23:16:19.000+00:00 [gateway] ready\n");
  CHECK_FALSE(log.decoder.is_lost());
}

TEST_CASE("LogDecoder: a log shipper's JSON with a level of its own") {
  const auto shipped = [](const std::string& line, const std::string& more) {
    return R"({"message":)" + quoted(line) + more + R"(,"level":"error"})";
  };
  Reading foreign;
  for (const auto& line : {kTwin, kText})
    foreign.take(shipped(line, R"(,"timestamp":"x")"), 1);
  CHECK(foreign.incidents == 1);
  // As OpenClaw writes it: the line may be a reply's.
  Reading own;
  own.take(shipped(kText, R"(,"time":"2026-11-20T23:16:18.1Z")"), 30);
  CHECK(own.incidents == 0);
  CHECK(own.unparsed() == 30);
  CHECK(own.decoder.is_lost());
}
