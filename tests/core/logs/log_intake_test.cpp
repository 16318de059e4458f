// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_intake.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/log_records.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// When log_records::record(0) was written.
const WallTime kDay = *parse_iso8601("2026-11-20T00:00:00.000Z");

/// A failed run of a lock below `directory`.
std::string incident_in(const std::string& directory) {
  return log_records::record(
      1, "diagnostic", 5,
      "lane task error: lane=session:agent:main:main durationMs=17733 "
      "error=\\\"session file locked (timeout 10000ms): pid=13623 " +
          directory + "/agents/main/sessions/1e29302e.jsonl.lock\\\"");
}

struct Intake {
  explicit Intake(std::vector<std::string> own_dirs = {}) {
    intake.set_own_dirs(std::move(own_dirs));
  }

  std::uint64_t incidents(const std::string& lines, bool shared) {
    const auto before = count();
    intake.take(lines, decoder, shared, kDay);
    return count() - before;
  }
  std::uint64_t count() const {
    std::uint64_t sum = 0;
    for (const auto& [series, number] : ledger.totals().timeouts) sum += number;
    return sum;
  }

  LogLedger ledger;
  LogIntake intake{ledger};
  LogDecoder decoder;
};

}  // namespace

TEST_CASE("LogIntake: in a shared log only the gateway's own locks count") {
  Intake gateway{{"/s/a", "/extra/sessions"}};
  CHECK(gateway.incidents(incident_in("/s/a"), true) == 1);
  CHECK(gateway.incidents(incident_in("/extra/sessions"), true) == 1);
  for (const std::string other :
       {"/s/ab", "/s", "/s/b", "/x/s/a", "/S/A", "/s/a.old"}) {
    CAPTURE(other);
    CHECK(gateway.incidents(incident_in(other), true) == 0);
  }
  // They are lines all the same, but no events of this gateway.
  CHECK(gateway.ledger.totals().lines == LineCounts{8, 0, 0, 0});
  CHECK(gateway.ledger.totals().events[0] == 2);
}

TEST_CASE("LogIntake: in a log of its own everything counts") {
  Intake gateway{{"/s/a"}};
  CHECK(gateway.incidents(incident_in("/s/ab"), false) == 1);
}

TEST_CASE("LogIntake: without known directories everything counts") {
  Intake gateway;
  CHECK(gateway.incidents(incident_in("/s/ab"), true) == 1);
}

TEST_CASE("LogIntake: what names no path counts in a shared log") {
  Intake gateway{{"/s/a"}};
  CHECK(gateway.incidents(
            log_records::record(
                1, "diagnostic", 5,
                "lane task error: lane=session:agent:main:main durationMs=1 "
                "error=\\\"session file locked (timeout 60000ms): another "
                "OpenClaw process sqlite:session-write:x\\\""),
            true) == 1);
}

TEST_CASE("LogIntake: notes the newest line's own time") {
  Intake gateway;
  gateway.intake.take(log_records::plain(2000) + log_records::plain(1000),
                      gateway.decoder, false, kDay + 1h);
  CHECK(gateway.ledger.totals().last_line_at == kDay + 1s);
  gateway.intake.take(log_records::plain(500), gateway.decoder, false,
                      kDay + 1h);
  CHECK(gateway.ledger.totals().last_line_at == kDay + 1s);
}

TEST_CASE("LogIntake: a stamp more than 5 min ahead is not believed") {
  Intake gateway;
  gateway.incidents(log_records::plain(300'001), false);
  CHECK_FALSE(gateway.ledger.totals().last_line_at);
  gateway.incidents(log_records::plain(300'000), false);
  CHECK(gateway.ledger.totals().last_line_at == kDay + 5min);
}

TEST_CASE("LogIntake: an oversized line is told by its length alone") {
  Intake gateway;
  gateway.intake.take_oversized();
  gateway.intake.take(
      "{\"0\":\"" + std::string(kMaxLogLineBytes, 'x') + "\"}\n",
      gateway.decoder, false, kDay);
  CHECK(gateway.ledger.totals().lines == LineCounts{0, 0, 0, 2});
}

TEST_CASE("LogIntake: lines of a journal are taken one by one") {
  Intake gateway;
  const auto line = [](const std::string& text) {
    return ConsoleLine{text, ConsoleStream::err, kDay};
  };
  gateway.intake.take(line("[gateway] ready"), gateway.decoder, false, kDay);
  gateway.intake.take(
      line("[diagnostic] lane task error: lane=session:agent:main:main "
           "durationMs=1 error=\"session file locked (timeout 10000ms): pid=7 "
           "/s/agents/main/sessions/x.jsonl.lock\""),
      gateway.decoder, false, kDay);
  CHECK(gateway.ledger.totals().lines == LineCounts{1, 1, 0, 0});
  CHECK(gateway.count() == 1);
  CHECK(gateway.ledger.totals().last_line_at == kDay);
}

TEST_CASE("LogIntake: passes on bytes and rotations") {
  Intake gateway;
  gateway.intake.count_bytes(11);
  gateway.intake.count_rotation();
  CHECK(gateway.ledger.totals().bytes == 11);
  CHECK(gateway.ledger.totals().rotations == 1);
}
