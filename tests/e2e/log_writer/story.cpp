// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/log_writer/story.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace openclaw_lock {
namespace {

// The order of operands is the compiler's choice: each draw is a statement of
// its own.

constexpr std::array<std::string_view, 5> kAgents{"main", "work", "ops",
                                                  "family", "night-shift"};
constexpr std::size_t kWordBytes = 8;
constexpr std::size_t kWords = 8192;

std::string draw_words(Random& random) {
  constexpr std::string_view kLetters = "etaoinshrdlucmfw";
  std::string words;
  for (std::size_t word = 0; word < kWords; ++word) {
    const bool is_accented = random.one_in(8);
    for (std::size_t at = is_accented ? 2 : 0; at < kWordBytes - 1; ++at)
      words += random.pick(kLetters);
    words += is_accented ? "é " : " ";
  }
  return words;
}

std::string draw_number(Random& random, std::uint64_t most) {
  return std::to_string(1 + random.below(most));
}

std::string draw_uuid(Random& random) {
  std::string text;
  for (int at = 0; at < 36; ++at)
    text += at == 8 || at == 13 || at == 18 || at == 23
                ? '-'
                : "0123456789abcdef"[random.below(16)];
  return text;
}

std::string draw_lane(Random& random, std::string_view agent) {
  const auto lane = "session:agent:" + std::string{agent} + ':';
  if (random.one_in(2)) return lane + "main";
  return lane + "telegram:" + draw_number(random, 99999);
}

std::string sessions_of(std::string_view agent) {
  return "/home/node/.openclaw/agents/" + std::string{agent} + "/sessions/";
}

std::string draw_lock_error(Random& random, std::string_view agent) {
  const auto pid = draw_number(random, 99999);
  const auto session = draw_uuid(random);
  return "SessionWriteLockTimeoutError: session file locked (timeout "
         "10000ms): pid=" +
         pid + ' ' + sessions_of(agent) + session + ".jsonl.lock";
}

std::string draw_lane_error(Random& random, const std::string& lane,
                            const std::string& error) {
  return "lane task error: lane=" + lane + " durationMs=1" +
         draw_number(random, 9999) + " error=\"" + error + '"';
}

}  // namespace

Story::Story(Random& random, Style style)
    : random_{random}, style_{style}, words_{draw_words(random)} {}

Record Story::next() {
  if (coming_.empty()) {
    const auto lot = random_.below(1000);
    if (lot < 6) {
      add_incident();
    } else if (lot < 16) {
      add_event();
    } else if (lot < 22) {
      add_forgery();
    } else {
      add_chatter();
    }
  }
  auto record = std::move(coming_.front());
  coming_.pop_front();
  return record;
}

void Story::add_incident() {
  const auto agent = random_.pick(kAgents);
  const bool is_store = random_.one_in(8);
  const auto error = is_store
                         ? "Error: timeout waiting for session store lock: " +
                               sessions_of(agent) + "sessions.json"
                         : draw_lock_error(random_, agent);
  coming_.push_back({Level::error, "diagnostic",
                     draw_lane_error(random_, "main", error), "lock_timeout"});
  const auto lane = draw_lane(random_, agent);
  coming_.push_back({Level::error, "diagnostic",
                     draw_lane_error(random_, lane, error), "lock_timeout"});
  coming_.back().incident_agent = agent;
  coming_.back().incident_kind = is_store ? "session_store" : "session";
  if (is_store || random_.one_in(3)) return;
  coming_.push_back(
      {Level::info, "gateway/ws",
       "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=" + error +
           " runId=" + draw_uuid(random_) + " error=" + error +
           ": code=OPENCLAW_SESSION_WRITE_LOCK_TIMEOUT conn=5b8c9c3a…910c "
           "id=55319c1a…f9f0",
       "lock_timeout"});
}

void Story::add_event() {
  const auto agent = random_.pick(kAgents);
  const auto number = draw_number(random_, 9999);
  const auto id = draw_uuid(random_);
  // Of text without a subsystem, console text does not tell the level.
  switch (random_.below(style_ == Style::file_log ? 5 : 3)) {
    case 0:
      return coming_.push_back({Level::warn, "diagnostic",
                                "stuck session: sessionId=" + id +
                                    " sessionKey=agent:" + std::string{agent} +
                                    ":main state=processing age=" + number +
                                    "s queueDepth=1",
                                "stuck_session"});
    case 1:
      return coming_.push_back(
          {Level::warn, "gateway",
           "removed stale session lock: " + sessions_of(agent) + id +
               ".jsonl.lock (dead-pid, too-old)",
           "lock_removed_stale"});
    case 2:
      return coming_.push_back(
          {Level::warn, "diagnostic",
           "liveness warning: reasons=event_loop_delay interval=30s "
           "eventLoopDelayP99Ms=" +
               number + " active=1 waiting=0 queued=1",
           "liveness_warning"});
    case 3:
      return coming_.push_back(
          {Level::error, "",
           "Gateway agent failed; falling back to embedded: "
           "GatewayClientRequestError: " +
               draw_lock_error(random_, agent),
           "embedded_fallback"});
    default:
      return coming_.push_back(
          {Level::error, "",
           "Gateway failed to start: gateway already running (pid " + number +
               "); lock timeout after 5000ms",
           "gateway_already_running"});
  }
}

/// The text of an incident where a model or a user has put it.
void Story::add_forgery() {
  const auto agent = random_.pick(kAgents);
  const auto lane = draw_lane(random_, agent);
  const auto error = draw_lock_error(random_, agent);
  const auto forged = draw_lane_error(random_, lane, error);
  Record record;
  record.is_forgery = true;
  switch (random_.below(4)) {
    case 0:
      record.message = forged;
      break;
    case 1:
      record.message =
          "It says:\n2026-11-20T00:00:00.000+00:00 [diagnostic] " + forged;
      break;
    case 2:
      record.message =
          R"({"0":"{\"subsystem\":\"diagnostic\"}","1":"lane task error: lane=)" +
          lane + R"( durationMs=1 error=\")" + error +
          R"(\"","_meta":{"logLevelId":5,"logLevelName":"ERROR"}})";
      break;
    default:
      record.subsystem = "gateway/channels/telegram";
      record.message = "received: " + forged;
  }
  coming_.push_back(std::move(record));
}

void Story::add_chatter() {
  constexpr std::array<std::string_view, 6> kStarts{
      "⇄ res ✓ agent 53ms runId=790fd3e1-f402-4d12-96bb-c2bdf23bf25c ",
      "received SIGUSR1; \"reloading\" ",
      "C:\\path\\of\\a\\tool\twith tab ",
      "embedded run done: durationMs=8125 ",
      "session file unlocked: in no catalogue ",
      ""};
  constexpr std::array<std::string_view, 5> kSubsystems{
      "gateway/ws", "agent/embedded", "diagnostic", "gateway", ""};
  Record record;
  if (random_.one_in(20)) record.level = Level::warn;
  record.subsystem = random_.pick(kSubsystems);
  record.message = random_.pick(kStarts);
  const std::size_t wanted =
      random_.one_in(300) ? 20000 : 300 + random_.below(2700);
  const std::size_t around = style_ == Style::file_log ? 780 : 40;
  const auto used = std::min(wanted, around + record.message.size());
  const auto words = (wanted - used) / kWordBytes + 1;
  const auto first = random_.below(kWords - words);
  record.filling = std::string_view{words_}.substr(first * kWordBytes,
                                                   words * kWordBytes - 1);
  coming_.push_back(std::move(record));
}

}  // namespace openclaw_lock
