// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_sieve.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "core/logs/literal_set.h"
#include "core/logs/log_event.h"
#include "core/logs/log_event_table.h"
#include "core/logs/openclaw_json.h"

using namespace openclaw_lock;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::string>;

/// What every width shows; `text` ends where its memory ends.
Lines shown(const std::string& text) {
  const std::vector<char> exact{text.begin(), text.end()};
  const auto newlines =
      static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const auto sieve = [&](SieveWidth width) {
    Lines lines;
    CHECK(sieve_openclaw_json(
              {exact.data(), exact.size()},
              [&](auto line) { lines.emplace_back(line); }, width) == newlines);
    return lines;
  };
  const auto lines = sieve(SieveWidth::bytes_16);
  CHECK(sieve(widest_sieve()) == lines);
  return lines;
}

bool is_shown(const std::string& line) {
  const auto lines = shown(line + '\n');
  if (!lines.empty()) CHECK(lines == Lines{line});
  return !lines.empty();
}

bool is_event(const std::string& line) {
  const auto record = parse_openclaw_json(line);
  return record && classify_log_record(*record);
}

/// As OpenClaw writes them; `arguments` stand behind the binding, if any.
std::string record(std::string_view subsystem, int level,
                   const std::vector<Json>& arguments,
                   const std::string& message = "") {
  Json json;
  const auto binding = Json{{"subsystem", subsystem}}.dump();
  int index = 0;
  if (!subsystem.empty()) json[std::to_string(index++)] = binding;
  for (const auto& argument : arguments)
    json[std::to_string(index++)] = argument;
  json["_meta"] = {{"runtime", "node"},
                   {"date", "2026-11-20T23:16:17.939Z"},
                   {"logLevelId", level},
                   {"logLevelName", "ANY"},
                   {"name", subsystem.empty() ? "openclaw" : binding}};
  json["time"] = "2026-11-21T01:16:18.000+02:00";
  if (!message.empty()) json["message"] = message;
  return json.dump();
}

/// The same message in each place where OpenClaw may put it.
Lines forms(std::string_view subsystem, int level, const std::string& message) {
  return {record(subsystem, level, {message}),
          record(subsystem, level, {message, {{"elapsedMs", 1}}}, message),
          record(subsystem, level, {{{"elapsedMs", 1}}, message}, message),
          record(subsystem, level, {{{"elapsedMs", 1}}}, message),
          record(subsystem, level, {{{"name", "E"}, {"message", message}}})};
}

void check_event(std::string_view subsystem, RecordLevel level,
                 const std::string& message) {
  for (int id = static_cast<int>(level); id <= 6; ++id)
    for (const auto& line : forms(subsystem, id, message)) {
      CAPTURE(line);
      CHECK(is_event(line));
      CHECK(is_shown(line));
    }
}

}  // namespace

TEST_CASE("sieve_openclaw_json: no line, one line, an unfinished line") {
  CHECK(shown("").empty());
  CHECK(shown("\n") == Lines{""});
  CHECK(shown("x\n") == Lines{"x"});
  CHECK(shown("x").empty());
  CHECK(shown("x\ny") == Lines{"x"});
  CHECK(shown(record("gateway", 3, {"ready"}) + '\n').empty());
}

TEST_CASE("sieve_openclaw_json: shows whatever each row of the table means") {
  for (const auto& row : kLogEventRows)
    check_event(row.subsystem, row.level, std::string{row.start} + "x");
  for (const auto& carrier : kErrorCarrierRows)
    for (const auto& error : kErrorRows)
      for (const std::string classes : {"", "Error: ", "AnError: Error: "})
        check_event(carrier.subsystem, carrier.level,
                    std::string{carrier.start} + std::string{carrier.marker} +
                        classes + std::string{error.start} + "x" +
                        std::string{error.rest});
  for (const auto& row : kTurnRows)
    check_event(row.subsystem, row.level, std::string{row.start} + "x");
  for (const auto& error : kErrorRows)
    check_event(std::string{kChannels} + "slack", RecordLevel::error,
                "slack handler failed: Error: " + std::string{error.start} +
                    "x" + std::string{error.rest});
  check_event(kFallbackSubsystem, RecordLevel::warn,
              std::string{kFallbackDecision});
  check_event("", RecordLevel::error, std::string{kStartFailed} + "x");
}

TEST_CASE("sieve_openclaw_json: shows what only a field tells") {
  const auto write = record(
      "session-sqlite", 4,
      {{{"error", "database is locked | E"}}, "SQLite session write failed"});
  CHECK(is_event(write));
  CHECK(is_shown(write));
  const std::string note = "[openclaw] file log queue overflow; dropped 3";
  const auto lost = record("", 4, {{{"dropped", 3}}, note});
  CHECK(is_event(lost));
  CHECK(is_shown(lost));
  CHECK(is_shown(Json{{"message", note}, {"dropped", 3}}.dump()));
}

TEST_CASE("sieve_openclaw_json: shows events in a terminal's colours") {
  const std::string bold = "\x1b[1m";
  const std::string off = "\x1b[22m";
  for (const std::string mark : {"✓", "✗"})
    for (const int level : {3, 4}) {
      const auto line = record(
          "gateway/ws", level,
          {"\x1b[93m⇄\x1b[39m " + bold + "res" + off + " \x1b[32m" + mark +
           "\x1b[39m " + bold + "agent" + off + " 61ms errorCode=UNAVAILABLE"});
      CAPTURE(line);
      CHECK(is_shown(line));
    }
  CHECK(is_shown(record("diagnostic", 5,
                        {"\x1b[31mlane task error:\x1b[39m lane=main "
                         "durationMs=1 error=\"x\""})));
  CHECK_FALSE(is_shown(record("cron", 3, {"\x1b[1mran\x1b[22m"})));
}

TEST_CASE("sieve_openclaw_json: hides ordinary records") {
  const std::string sentence = "session file locked (timeout 10000ms): pid=1";
  CHECK_FALSE(is_shown(record("", 3, {"session file locked"})));
  CHECK_FALSE(is_shown(record("", 3, {sentence})));
  CHECK_FALSE(is_shown(record("diagnostic", 3, {"stuck session: "})));
  CHECK_FALSE(is_shown(record("diagnostic", 4, {"lane wait exceeded: "})));
  CHECK_FALSE(is_shown(record("gateway/ws", 3, {"⇄ res ✓ agent"})));
  CHECK_FALSE(is_shown(record("gateway/ws", 3, {"⇄ res ✗ agent"})));
  CHECK_FALSE(is_shown(record("gateway/wx", 3, {"⇄ res ✗ " + sentence})));
  CHECK_FALSE(is_shown(record("", 3, {R"("logLevelId":5)" + sentence})));
  CHECK_FALSE(is_shown(record("gateway/heartbeat", 3, {{{"a", 1}}, "x"})));
  CHECK_FALSE(is_shown(record("gateway", 3, {{{"a", 1}}, "x"})));
}

TEST_CASE("sieve_openclaw_json: shows what is no record of the usual form") {
  for (const std::string line :
       {"", "text", "{", "{}", R"({"1":"x"})", R"({ "0":"x"})", R"({"0" :"x"})",
        R"({"time":"2026-11-20T23:16:17.939Z","level":"warn","subsystem":)"
        R"("logging","message":"log file size cap reached; suppressing"})"})
    CHECK(is_shown(line));
  CHECK_FALSE(is_shown("{\"0\":" + std::string(kMaxLogLineBytes - 5, 'x')));
  CHECK(is_shown("{\"0\":" + std::string(kMaxLogLineBytes - 4, 'x')));
}

TEST_CASE("sieve_openclaw_json: a level belongs to its own line alone") {
  const std::string text = "stuck session: x";
  const std::string loud = R"({"0":"x","_meta":{"logLevelId":4}})";
  CHECK(shown(loud + '\n' + record("diagnostic", 3, {text}) + '\n').empty());
  CHECK(shown(record("diagnostic", 3, {text}) + '\n' + loud + '\n').empty());
  CHECK(shown("{\"0\":\"logLevel\nId\":4stuck session: \n") ==
        Lines{"Id\":4stuck session: "});
}

TEST_CASE("sieve_openclaw_json: the lines before shift nothing") {
  const Lines kept{
      record("diagnostic", 5, {"stuck session: x"}),
      record("", 6, {"All models failed (2): "}),
      record("gateway", 3, {"gateway already running under systemd"}),
      record("gateway/ws", 3,
             {"⇄ res ✗ agent errorMessage=database is locked"}),
      R"({"0":"All models failed","_meta":{"logLevelId":4}})",
      "garbage"};
  const Lines hidden{record("gateway/ws", 3, {"⇄ res ✓ agent"}),
                     record("agent/embedded", 4, {"session"}),
                     R"({"0":"pong"})"};
  for (const auto& line : kept)
    for (std::size_t before = 0; before < 300; ++before) {
      const std::string filler = "{\"0\":" + std::string(before, '"') + '\n';
      CHECK(shown(filler + line + '\n') == Lines{line});
      CHECK(shown(filler + line + '\n' + filler) == Lines{line});
    }

  std::mt19937 random{20261120};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    Lines expected;
    for (auto count = random() % 40; count > 0; --count) {
      if (random() % 3 == 0) {
        expected.push_back(kept[random() % kept.size()]);
        text += expected.back() + '\n';
      } else if (random() % 3 == 0) {
        text += "{\"0\":" + std::string(random() % 400, 'I') + '\n';
      } else {
        text += hidden[random() % hidden.size()] + '\n';
      }
    }
    CHECK(shown(text) == expected);
  }
}

TEST_CASE("sieve_openclaw_json: any bytes, every width the same") {
  std::mt19937 random{4711};
  const std::string bytes = "\n\n{\"0:Id4567\x97\xff\0 I"s;
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto size = random() % 700; size > 0; --size)
      text += bytes[random() % bytes.size()];
    if (random() % 2 == 0) text.insert(text.size() / 2, R"("logLevelId":5)");
    shown(text);
  }
}

TEST_CASE("sieve_openclaw_json: every event of the captures is shown") {
  std::size_t lines = 0;
  std::size_t kept = 0;
  for (const auto& entry :
       fs::recursive_directory_iterator{TEST_DATA_DIR "/fixtures/captures"}) {
    const auto name = entry.path().filename().string();
    if (name != "filelog.new" && !name.ends_with(".log")) continue;
    CAPTURE(entry.path().string());
    std::ifstream file{entry.path()};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto found = shown(text);
    kept += found.size();
    std::istringstream rest{text};
    auto next = found.begin();
    for (std::string line; std::getline(rest, line); ++lines) {
      const bool here = next != found.end() && *next == line;
      if (here) ++next;
      CAPTURE(line);
      if (!parse_openclaw_json(line) || is_event(line)) CHECK(here);
    }
    CHECK(next == found.end());
  }
  CHECK(lines == 822);
  CHECK(kept < 200);
}

TEST_CASE("LiteralSet: finds each literal at each place") {
  constexpr LiteralSet kSet{
      std::array<std::string_view, 3>{"session file", "sess", "⇄ res ✗ "}};
  CHECK_FALSE(kSet.is_in(""));
  CHECK_FALSE(kSet.is_in("ses"));
  CHECK_FALSE(kSet.is_in("ses sion file"));
  constexpr LiteralSet kLong{
      std::array<std::string_view, 2>{"stuck session: ", "database is locked"}};
  for (std::size_t before = 0; before < 40; ++before)
    for (std::size_t behind = 0; behind < 20; ++behind) {
      const std::string head(before, 's');
      const std::string tail(behind, 's');
      CHECK(kSet.is_in(head + "sess" + tail));
      CHECK(kSet.is_in(head + "⇄ res ✗ " + tail));
      CHECK(kLong.is_in(head + "stuck session: " + tail));
      CHECK(kLong.is_in(head + "database is locked" + tail));
      CHECK_FALSE(kLong.is_in(head + "database is locke" + tail));
      CHECK_FALSE(kLong.is_in(head + "stuck-session: " + tail));
    }
}
