// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_intake.h"

#include <doctest/doctest.h>

#include <memory>
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
    intake.take(lines, decoder, LogOrigin{shared, {}}, kDay);
    intake.settle(kDay + 1s);
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

TEST_CASE("LogIntake: what lies in another gateway's directory is that one's") {
  Intake gateway{{"/s/a", "/home/node/.openclaw"}};
  gateway.intake.set_known_places(std::make_shared<const KnownPlaces>(
      KnownPlaces{{"/s/a", "/s/b", "/s/a/nested"}, {}}));
  for (const bool shared : {false, true}) {
    CAPTURE(shared);
    CHECK(gateway.incidents(incident_in("/s/a"), shared) == 1);
    CHECK(gateway.incidents(incident_in("/home/node/.openclaw"), shared) == 1);
    CHECK(gateway.incidents(incident_in("/s/b"), shared) == 0);
    CHECK(gateway.incidents(incident_in("/s/a/nested"), shared) == 0);
  }
  CHECK(gateway.incidents(incident_in("/s/bc"), false) == 1);
  Intake outer{{"/s/a/nested"}};
  outer.intake.set_known_places(std::make_shared<const KnownPlaces>(
      KnownPlaces{{"/s/a", "/s/a/nested"}, {}}));
  CHECK(outer.incidents(incident_in("/s/a/nested"), false) == 1);
  CHECK(outer.incidents(incident_in("/s/a"), false) == 0);
}

TEST_CASE("LogIntake: in a log of another's profile all is that one's") {
  Intake gateway{{"/home/node/.openclaw"}};
  gateway.intake.set_known_places(std::make_shared<const KnownPlaces>(
      KnownPlaces{{"/home/node/.openclaw", "/home/node/.openclaw-work"},
                  {{"work", "/home/node/.openclaw-work"}}}));
  const auto lane = log_records::record(
      1, "diagnostic", 5,
      "lane task error: lane=session:agent:main:main durationMs=17733 "
      "error=\\\"database is locked\\\"");
  const auto foreign_of = [&](const std::string& line, const char* profile) {
    gateway.intake.take(line, gateway.decoder,
                        LogOrigin{false, {8, 77}, profile}, kDay);
    gateway.intake.settle(kDay + 1s);
    std::size_t lost = 0;
    std::string dirs;
    for (const auto& event : gateway.intake.take_foreign(lost))
      dirs += event.dir + ' ';
    return dirs;
  };
  CHECK(foreign_of(lane, "work") == "/home/node/.openclaw-work ");
  CHECK(foreign_of(incident_in("/srv/sessions"), "work") ==
        "/home/node/.openclaw-work ");
  CHECK(gateway.count() == 0);
  CHECK(foreign_of(lane, "").empty());
  CHECK(foreign_of(lane, "unknown").empty());
  CHECK(foreign_of(incident_in("/home/node/.openclaw"), "work").empty());
  CHECK(gateway.count() == 3);
}

TEST_CASE("LogIntake: what is another gateway's is kept for that one") {
  Intake gateway{{"/s/a"}};
  gateway.intake.set_known_places(
      std::make_shared<const KnownPlaces>(KnownPlaces{{"/s/a", "/s/b"}, {}}));
  gateway.intake.take(
      incident_in("/s/b") + incident_in("/s/a") + incident_in("/s/nobody"),
      gateway.decoder, LogOrigin{true, {8, 77}}, kDay);
  std::size_t lost = 1;
  const auto foreign = gateway.intake.take_foreign(lost);
  CHECK(lost == 0);
  REQUIRE(foreign.size() == 1);
  CHECK(foreign[0].dir == "/s/b");
  CHECK(foreign[0].origin == LogFileId{8, 77});
  CHECK(gateway.intake.take_foreign(lost).empty());

  Intake other{{"/s/b"}};
  other.intake.take(foreign[0], kDay);
  other.intake.settle(kDay + 1s);
  CHECK(other.count() == 1);
  CHECK(other.ledger.totals().lines == LineCounts{});
}

TEST_CASE("LogIntake: the end of another gateway's run goes where it began") {
  const auto decision = [](const std::string& meta) {
    auto record = log_records::record(2, "model-fallback/decision", 4,
                                      "model fallback decision");
    const std::string message = R"("1":)";
    record.insert(record.find(message),
                  message +
                      R"({"event":"model_fallback_decision",)"
                      R"("runId":"r1",)" +
                      meta + "},");
    record.replace(record.rfind(message), message.size(), R"("2":)");
    return record;
  };
  const auto lines =
      incident_in("/s/b") +
      decision(R"("decision":"candidate_failed","nextCandidateProvider":"x",)"
               R"("errorPreview":"session file locked (timeout 10000ms): )"
               R"(pid=13623 /s/b/agents/main/sessions/1e29302e.jsonl.lock")") +
      decision(R"("decision":"candidate_succeeded")");
  Intake gateway{{"/s/a"}};
  gateway.intake.set_known_places(
      std::make_shared<const KnownPlaces>(KnownPlaces{{"/s/a", "/s/b"}, {}}));
  CHECK(gateway.incidents(lines, false) == 0);
  std::size_t lost = 0;
  const auto foreign = gateway.intake.take_foreign(lost);
  REQUIRE(foreign.size() == 3);

  Intake other{{"/s/b"}};
  for (const auto& told : foreign) other.intake.take(told, kDay);
  other.intake.settle(kDay + 1h);
  CHECK(other.count() == 0);
}

TEST_CASE("LogIntake: of more than can be kept for others some is lost") {
  Intake gateway{{"/s/a"}};
  gateway.intake.set_known_places(
      std::make_shared<const KnownPlaces>(KnownPlaces{{"/s/a", "/s/b"}, {}}));
  for (std::size_t i = 0; i < LogIntake::kMaxForeign + 3; ++i)
    gateway.intake.take(incident_in("/s/b"), gateway.decoder, LogOrigin{},
                        kDay);
  std::size_t lost = 0;
  CHECK(gateway.intake.take_foreign(lost).size() == LogIntake::kMaxForeign);
  CHECK(lost == 3);
  gateway.intake.take_foreign(lost);
  CHECK(lost == 0);
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
                      gateway.decoder, LogOrigin{}, kDay + 1h);
  CHECK(gateway.ledger.totals().last_line_at == kDay + 1s);
  gateway.intake.take(log_records::plain(500), gateway.decoder, LogOrigin{},
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
      gateway.decoder, LogOrigin{}, kDay);
  CHECK(gateway.ledger.totals().lines == LineCounts{0, 0, 0, 2});
}

TEST_CASE("LogIntake: lines of a journal are taken one by one") {
  Intake gateway;
  const auto line = [](const std::string& text) {
    return ConsoleLine{text, ConsoleStream::err, kDay};
  };
  gateway.intake.take(line("[gateway] ready"), gateway.decoder, LogOrigin{},
                      kDay);
  gateway.intake.take(
      line("[diagnostic] lane task error: lane=session:agent:main:main "
           "durationMs=1 error=\"session file locked (timeout 10000ms): pid=7 "
           "/s/agents/main/sessions/x.jsonl.lock\""),
      gateway.decoder, LogOrigin{}, kDay);
  gateway.intake.settle(kDay + 1s);
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
