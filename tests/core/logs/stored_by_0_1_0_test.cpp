// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "core/logs/log_checkpoint.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_ledger.h"
#include "core/logs/position_records.h"

using namespace openclaw_lock;

namespace {

/// The newest record of a positions file that 0.1.0 wrote: it had counted two
/// incidents in the file log, of the second of which the console had not told.
LogCheckpoint stored() {
  std::ifstream file{TEST_DATA_DIR "/fixtures/positions/0.1.0-in-an-incident"};
  REQUIRE(file.is_open());
  std::string newest;
  for (std::string line; std::getline(file, line);) newest = line;
  const auto record = decode_position_record(newest);
  REQUIRE(record);
  REQUIRE(record->kind == PositionKind::checkpoint);
  const auto checkpoint = decode_checkpoint(record->body);
  REQUIRE(checkpoint);
  return *checkpoint;
}

std::string console_line(const std::string& time, const std::string& lane,
                         const std::string& lock) {
  return time + " [diagnostic] lane task error: lane=" + lane +
         " durationMs=10202 error=\"Error: session file locked (timeout "
         "10000ms): pid=7 /tmp/s/.openclaw/agents/main/sessions/" +
         lock + ".jsonl.lock\"\n";
}

/// Timeouts after the console has told of this lock at 16:01:10.
std::uint64_t timeouts_after(const std::string& lock) {
  LogLedger ledger{stored().ledger};
  LogDecoder decoder{{LineFormat::console_text, {}}};
  LineCounts counts{};
  const auto now = parse_iso8601("2026-11-28T16:01:12.000Z").value();
  decoder.decode(
      console_line("2026-11-28T16:01:10.101+00:00", "main", lock) +
          console_line("2026-11-28T16:01:10.104+00:00",
                       "session:agent:main:main", lock),
      counts,
      [&](const LogEvent& event, LogSource source) {
        ledger.add(event, source, now);
      },
      now);
  ledger.settle(now + std::chrono::seconds{1});
  return ledger.totals().timeouts.at({"main", TimeoutKind::session});
}

}  // namespace

TEST_CASE("stored by 0.1.0: positions, formats and counters go on") {
  const auto checkpoint = stored();
  REQUIRE(checkpoint.files.size() == 2);
  CHECK(checkpoint.files[0].path == "/tmp/logs/gateway.console");
  CHECK(checkpoint.files[0].offset == 461);
  CHECK(checkpoint.files[0].layout.line == LineFormat::console_text);
  CHECK(checkpoint.files[1].offset == 1556);
  CHECK(checkpoint.files[1].layout.line == LineFormat::openclaw_json);
  const auto& totals = checkpoint.ledger.totals;
  CHECK(totals.timeouts.at({"main", TimeoutKind::session}) == 2);
  CHECK(totals.lines == LineCounts{6, 0, 0, 0});
  CHECK(totals.bytes == 1793);
  CHECK(totals.events[static_cast<std::size_t>(LogEventKind::lock_timeout)] ==
        6);
  const auto& waits = totals.waits.at(TimeoutKind::session);
  CHECK(waits.count() == 2);
  CHECK(waits.sum_seconds == 20);
  CHECK(waits.buckets[10] == 2);
  REQUIRE(checkpoint.ledger.kept.newest);
  CHECK(checkpoint.ledger.kept.newest->incident.lock_path.ends_with(
      "b.jsonl.lock"));
}

TEST_CASE("stored by 0.1.0: the other log tells of the same incident") {
  CHECK(timeouts_after("b") == 2);
  CHECK(timeouts_after("c") == 3);
}

TEST_CASE("stored by 0.1.0: it is stored anew by names") {
  const auto text = encode_checkpoint(stored());
  CHECK(text.find("\"openclaw_json\"") != std::string::npos);
  CHECK(text.find("\"matched\":6") != std::string::npos);
  const auto again = decode_checkpoint(text);
  REQUIRE(again);
  CHECK(again->ledger.totals == stored().ledger.totals);
  CHECK(again->ledger.incidents.state() == stored().ledger.incidents.state());
}
