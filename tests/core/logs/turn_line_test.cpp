// SPDX-License-Identifier: Apache-2.0
#include "core/logs/turn_line.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/logs/log_event.h"
#include "core/logs/openclaw_json.h"
#include "tests/support/captures.h"

using namespace openclaw_lock;

namespace {

/// Of the file logs of all captures.
std::vector<std::string> captured_lines() {
  std::vector<std::string> lines;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{
           TEST_DATA_DIR "/fixtures/captures"}) {
    if (!entry.is_regular_file()) continue;
    const auto name = std::filesystem::relative(
        entry.path(), TEST_DATA_DIR "/fixtures/captures");
    for (auto& line : lines_of(read_capture(name)))
      if (line.starts_with(R"({"0":)")) lines.push_back(std::move(line));
  }
  return lines;
}

/// As 2026.9.6 writes it.
const std::string kTurn =
    R"({"0":"{\"subsystem\":\"gateway/ws\"}","1":"⇄ res ✓ agent 307ms )"
    R"(runId=697f conn=65cf29fe…164d","_meta":{"runtime":"node",)"
    R"("runtimeVersion":"24.16.0","hostname":"vm",)"
    R"("date":"2026-11-20T23:48:34.275Z","logLevelId":3,)"
    R"("logLevelName":"INFO","name":"{\"subsystem\":\"gateway/ws\"}",)"
    R"("parentNames":["openclaw"]},"time":"2026-11-20T23:48:34.275+00:00"})";

std::string with(const std::string& what, const std::string& instead) {
  auto line = kTurn;
  const auto at = line.find(what);
  REQUIRE(at != std::string::npos);
  return line.replace(at, what.size(), instead);
}

}  // namespace

TEST_CASE("read_accepted_turn: says what decoding says") {
  std::size_t turns = 0;
  std::size_t taken = 0;
  for (const auto& line : captured_lines()) {
    CAPTURE(line);
    const auto record = parse_openclaw_json(line);
    const auto event = record ? classify_log_record(*record) : std::nullopt;
    const bool is_turn = event && event->turn == TurnOutcome::ok;
    const auto at = read_accepted_turn(line);
    turns += is_turn ? 1U : 0U;
    taken += at ? 1U : 0U;
    if (!at) continue;
    CHECK(is_turn);
    CHECK(at == record->time);
  }
  CHECK(turns > 10);
  CHECK(taken == turns);
}

TEST_CASE("read_accepted_turn: what is written otherwise is decoded") {
  REQUIRE(read_accepted_turn(kTurn));
  for (const auto& line :
       {with("✓", "✗"), with("agent ", "agents.list "), with("runId=", "\\n"),
        with("\"logLevelId\":3", "\"logLevelId\":4"),
        with("\"runtime\":\"node\"", "\"path\":{\"date\":\"x\"}"),
        with("\"name\":\"{\\\"subsystem\\\":\\\"gateway/ws\\\"}\"",
             "\"name\":\"openclaw\""),
        with("2026-11-20T23", "2026-31-20T23"), with("34.275Z", "34Z"),
        kTurn + '\r', kTurn.substr(0, kTurn.size() - 1), std::string{}}) {
    CAPTURE(line);
    CHECK_FALSE(read_accepted_turn(line));
  }
}
