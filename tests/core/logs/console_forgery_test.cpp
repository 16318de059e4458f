// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>
#include <string>

#include "core/logs/log_intake.h"

using namespace openclaw_lock;

namespace {

std::string lane_error(const std::string& time, const std::string& lane,
                       const std::string& agent) {
  return time + " [diagnostic] lane task error: lane=" + lane +
         " durationMs=1 error=\"session file locked (timeout 10000ms): pid=1 "
         "/s/agents/" +
         agent + "/sessions/x.jsonl.lock\"\n";
}

/// A reply of two lines and more, and then a run that failed.
std::string console_after_reply(const std::string& forged_at) {
  return "2026-11-20T23:35:38.450Z reply\n" +
         lane_error(forged_at, "main", "forged") +
         lane_error(forged_at, "session:agent:forged:main", "forged") +
         lane_error("2026-11-20T23:35:38.900Z", "main", "main") +
         lane_error("2026-11-20T23:35:38.902Z", "session:agent:main:main",
                    "main");
}

}  // namespace

TEST_CASE("LogIntake: a reply cannot forge a date to come in a plain console") {
  const auto now = parse_iso8601("2026-11-20T23:35:39.000Z");
  REQUIRE(now);
  for (const std::string forged_at :
       {"2099-01-02T03:04:05.678Z", "2001-01-02T03:04:05.678Z"}) {
    CAPTURE(forged_at);
    LogLedger ledger;
    LogDecoder decoder;
    LogIntake{ledger}.take(console_after_reply(forged_at), decoder, LogOrigin{},
                           *now);
    ledger.settle(*now + std::chrono::seconds{1});
    const auto& totals = ledger.totals();
    const std::map<TimeoutSeries, std::uint64_t> expected{
        {{"main", TimeoutKind::session}, 1}};
    CHECK(totals.timeouts == expected);
    CHECK(totals.events[static_cast<std::size_t>(LogEventKind::lock_timeout)] ==
          2);
  }
}
