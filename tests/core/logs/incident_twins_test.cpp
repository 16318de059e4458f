// SPDX-License-Identifier: Apache-2.0
#include "core/logs/incident_twins.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using std::chrono::milliseconds;

namespace {

LogRecord lane_error(const std::string& lane) {
  LogRecord made;
  made.subsystem = "diagnostic";
  made.level = RecordLevel::error;
  made.message = "lane task error: lane=" + lane +
                 " durationMs=10419 error=\"session file locked (timeout "
                 "10000ms): pid=5809 /agents/main/sessions/x.jsonl.lock\"";
  return made;
}

LogRecord on_console(const std::string& lane) {
  auto made = lane_error(lane);
  made.source = LogSource::console_text;
  made.level = RecordLevel::unknown;
  return made;
}

}  // namespace

TEST_CASE("IncidentTwins: console text needs both lanes' lines") {
  const auto global = on_console("main");
  auto session = on_console("session:agent:main:main");
  IncidentTwins twins;
  CHECK_FALSE(twins.is_credible(session));
  CHECK(twins.is_credible(global));
  CHECK(twins.is_credible(session));
  CHECK_FALSE(twins.is_credible(session));
  session.stream = ConsoleStream::err;
  CHECK(twins.is_credible(session));
  CHECK(twins.is_credible(lane_error("session:agent:main:main")));
}

TEST_CASE("IncidentTwins: twins are close, and of the same error") {
  auto global = on_console("main");
  auto session = on_console("session:agent:main:main");
  global.time = parse_iso8601("2026-11-20T23:16:17.939Z");
  session.time = *global.time + milliseconds{2001};
  IncidentTwins twins;
  CHECK(twins.is_credible(global));
  CHECK_FALSE(twins.is_credible(session));
  session.time = *global.time + milliseconds{26};
  auto other = session;
  other.message += " ";
  CHECK_FALSE(twins.is_credible(other));
  CHECK(twins.is_credible(session));
}
