// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/logs/log_decoder.h"
#include "core/logs/log_ledger.h"

// What real gateways write around one failed run or lost message: the lines are
// those of captures, or of OpenClaw's source, version by version.

using namespace openclaw_lock;

namespace {

constexpr auto kDebug = 2;
constexpr auto kInfo = 3;
constexpr auto kWarn = 4;
constexpr auto kError = 5;

const std::string kStore =
    "/home/node/.openclaw/agents/main/sessions/sessions.json.lock";
const std::string kLock =
    "/home/node/.openclaw/agents/main/sessions/6a808f33.jsonl.lock";
const std::string kLocked =
    "session file locked (timeout 10000ms): pid=77 " + kLock;
const std::string kStoreLocked =
    "session file locked (timeout 10000ms): pid=812 " + kStore;

/// One log of a gateway, and what was counted in it.
class Scenario {
 public:
  /// `at`: seconds and milliseconds of a minute, `45.242`, or more: `70.000`.
  Scenario& line(const std::string& at, int level, const std::string& subsystem,
                 const std::string& message,
                 const nlohmann::json& meta = nullptr) {
    const auto time = time_of(at);
    nlohmann::ordered_json record;
    const auto binding = subsystem.empty() ? std::string{}
                         : subsystem.starts_with('{')
                             ? subsystem
                             : nlohmann::json{{"subsystem", subsystem}}.dump();
    int next = 0;
    const auto add = [&](const nlohmann::json& argument) {
      record[std::to_string(next++)] = argument;
    };
    if (!binding.empty()) add(binding);
    if (!meta.is_null()) add(meta);
    add(message);
    constexpr const char* kNames[] = {"SILLY", "TRACE", "DEBUG", "INFO",
                                      "WARN",  "ERROR", "FATAL"};
    record["_meta"] = {{"runtime", "node"},
                       {"name", binding.empty() ? "openclaw" : binding},
                       {"date", time},
                       {"logLevelId", level},
                       {"logLevelName", kNames[level]}};
    record["time"] = time;
    take(record.dump() + '\n');
    return *this;
  }

  Scenario& lanes(const std::string& main_at, const std::string& session_at,
                  int main_ran, int session_ran, const std::string& error,
                  const std::string& lane = "session:agent:main:main") {
    const auto text = [&](const std::string& name, int ran) {
      return "lane task error: lane=" + name +
             " durationMs=" + std::to_string(ran) + " error=\"" + error + '"';
    };
    line(main_at, kError, "diagnostic", text("main", main_ran));
    return line(session_at, kError, "diagnostic", text(lane, session_ran));
  }

  Scenario& decision(const std::string& at, const std::string& what,
                     const std::string& run, bool has_next,
                     const std::string& error = {}) {
    nlohmann::json meta{{"event", "model_fallback_decision"},
                        {"runId", run},
                        {"decision", what}};
    if (has_next) meta["nextCandidateProvider"] = "fake";
    if (!error.empty()) meta["errorPreview"] = error;
    return line(at, kWarn, "model-fallback/decision", "model fallback decision",
                meta);
  }

  Scenario& console(const std::string& text) {
    LineCounts counts{};
    console_.decode(
        text + '\n', counts,
        [&](const LogEvent& event, LogSource source) {
          ledger_.add(event, source, kNow);
        },
        kNow);
    return *this;
  }

  /// A second has passed without another line.
  Scenario& rest() {
    now_ += std::chrono::seconds{1};
    ledger_.settle(now_);
    return *this;
  }

  std::uint64_t timeouts(const std::string& agent, TimeoutKind kind) {
    rest();
    const auto& all = ledger_.totals().timeouts;
    const auto found = all.find({agent, kind});
    return found == all.end() ? 0 : found->second;
  }
  std::uint64_t all_timeouts() {
    rest();
    std::uint64_t sum = 0;
    for (const auto& [series, count] : ledger_.totals().timeouts) sum += count;
    return sum;
  }
  std::uint64_t events(LogEventKind kind) const {
    return ledger_.totals().events[static_cast<std::size_t>(kind)];
  }
  const LogTotals& totals() const { return ledger_.totals(); }

 private:
  static constexpr WallTime kNow{std::chrono::seconds{1795885260}};

  static std::string time_of(const std::string& at) {
    const auto dot = at.find('.');
    const auto seconds = std::stoi(at.substr(0, dot));
    char text[40];
    std::snprintf(text, sizeof text, "2026-11-28T16:%02d:%02d.%sZ",
                  seconds / 60, seconds % 60, at.substr(dot + 1).c_str());
    return text;
  }

  void take(const std::string& text) {
    LineCounts counts{};
    decoder_.decode(text, counts, [&](const LogEvent& event, LogSource source) {
      ledger_.add(event, source, now_);
    });
  }

  LogDecoder decoder_;
  LogDecoder console_;
  LogLedger ledger_;
  WallTime now_ = kNow;
};

}  // namespace

TEST_CASE("incident: 1.29, two telegram messages lost to the store's lock") {
  Scenario log;
  const auto text =
      "handler failed: Error: timeout acquiring session store lock: " + kStore;
  log.line("12.031", kError, "gateway/channels/telegram", text)
      .line("12.702", kError, "gateway/channels/telegram", text);
  CHECK(log.timeouts("main", TimeoutKind::session_store) == 2);
  CHECK(log.events(LogEventKind::lock_timeout) == 2);
}

TEST_CASE("incident: the store's lock, whatever session.store calls it") {
  for (const std::string error :
       {"timeout acquiring session store lock: /srv/x/store.json.lock",
        "timeout waiting for session store lock: /srv/x/store.json",
        "timeout waiting for session store lock: /srv/x/store",
        "session file locked (timeout 10000ms): pid=812 "
        "/srv/x/store.json.lock"}) {
    CAPTURE(error);
    Scenario log;
    log.line("12.031", kError, "gateway/channels/telegram",
             "handler failed: Error: " + error);
    CHECK(log.timeouts("", TimeoutKind::session_store) == 1);
  }
}

TEST_CASE("incident: 2.9, one message told by two lines") {
  Scenario log;
  const auto error = "Error: timeout acquiring session store lock: " + kStore;
  log.line("20.114", kError, "diagnostic",
           "message processed: channel=telegram chatId=telegram:-100123 "
           "messageId=88 sessionId=unknown "
           "sessionKey=agent:main:telegram:group:-100123 outcome=error "
           "duration=10021ms error=\"" +
               error + '"')
      .line("20.116", kError, "gateway/channels/telegram",
            "handler failed: " + error);
  CHECK(log.timeouts("main", TimeoutKind::session_store) == 1);
  CHECK(log.all_timeouts() == 1);
}

TEST_CASE("incident: 2.26, whatsapp's updates in the background lose nothing") {
  Scenario log;
  const nlohmann::json meta{{"error", kStoreLocked}, {"storePath", kStore}};
  const std::string module = R"({"module":"web-auto-reply","runId":"1"})";
  log.line("10.052", kWarn, module, "failed updating last route", meta)
      .line("20.070", kWarn, module, "failed updating session meta", meta);
  CHECK(log.all_timeouts() == 0);
}

TEST_CASE("incident: 2.26, whatsapp's pair of lines is one message") {
  Scenario log;
  log.line("30.201", kError, R"({"module":"web-inbound"})",
           "failed handling inbound web message",
           {{"error", "Error: " + kStoreLocked}})
      .line("30.201", kError, "gateway/channels/whatsapp/inbound",
            "Failed handling inbound web message: Error: " + kStoreLocked);
  CHECK(log.timeouts("main", TimeoutKind::session_store) == 1);
}

TEST_CASE("incident: every channel in its own words") {
  for (const auto& row : std::vector<std::pair<std::string, std::string>>{
           {"telegram", "telegram debounce flush failed: Error: "},
           {"telegram", "telegram dispatch failed: Error: "},
           {"telegram", "media group handler failed: Error: "},
           {"discord", "discord inbound worker failed: Error: "},
           {"discord",
            "discord message run failed: "
            "SessionWriteLockTimeoutError: "},
           {"slack", "slack inbound debounce flush failed: "},
           {"slack", "slack slash handler failed: "},
           {"signal", "event handler failed: Error: "},
           {"imessage", "imessage: handler failed: Error: "},
           {"matrix", "matrix handler failed: Error: "},
           {"msteams", "msteams dispatch failed: Error: "},
           {"line", "line: auto-reply failed: Error: "},
           {"bluebubbles", "[main] BlueBubbles webhook failed: Error: "},
           {"googlechat", "[main] Google Chat webhook failed: Error: "},
           {"mattermost", "mattermost debounce flush failed: Error: "},
           {"feishu", "feishu[main]: failed to dispatch message: Error: "},
           {"zalo", "[main] Zalo polling error: Error: "},
           {"telegram",
            "\x1b[38;2;240;80;80mtelegram dispatch failed: Error: "}}) {
    const auto& channel = row.first;
    const auto& words = row.second;
    CAPTURE(words);
    Scenario log;
    log.line("1.000", kError, "gateway/channels/" + channel,
             words + kStoreLocked);
    CHECK(log.timeouts("main", TimeoutKind::session_store) == 1);
  }
}

TEST_CASE("incident: what a channel says of the lock and loses nothing by") {
  for (const auto& row : std::vector<std::pair<int, std::string>>{
           {kError, "googlechat: failed updating session meta: Error: "},
           {kError, "telegram final reply failed: Error: "},
           {kInfo, "webhook handler failed: "},
           {kInfo, "telegram dispatch failed: Error: "},
           {kError, "sent \"it failed: Error: "},
           {kError, "hello: "}}) {
    const auto level = row.first;
    const auto& words = row.second;
    CAPTURE(words);
    Scenario log;
    log.line("1.000", level, "gateway/channels/telegram", words + kStoreLocked);
    CHECK(log.all_timeouts() == 0);
  }
}

TEST_CASE("incident: 4.22, diagnostics and the channel tell of one message") {
  Scenario log;
  log.line("20.300", kError, "diagnostic",
           "message processed: channel=telegram chatId=telegram:-100123 "
           "messageId=91 sessionId=unknown "
           "sessionKey=agent:main:telegram:group:-100123 outcome=error "
           "duration=19984ms error=\"Error: " +
               kStoreLocked + '"')
      .line("20.303", kError, "gateway/channels/telegram",
            "telegram dispatch failed: Error: " + kStoreLocked);
  CHECK(log.all_timeouts() == 1);
}

TEST_CASE("incident: a message that was handled all the same is none") {
  Scenario log;
  log.line("20.300", kError, "diagnostic",
           "message processed: channel=telegram chatId=1 messageId=91 "
           "sessionId=x sessionKey=agent:main:main outcome=completed "
           "duration=19984ms error=\"Error: " +
               kStoreLocked + '"');
  CHECK(log.all_timeouts() == 0);
}

TEST_CASE("incident: 3.13, a run over two models and the CLI's own are two") {
  Scenario log;
  const auto error = "Error: " + kLocked;
  log.lanes("45.238", "45.241", 10604, 10609, error)
      .decision("45.257", "candidate_failed", "2e8d2ade", true)
      .lanes("55.833", "55.835", 10566, 10569, error)
      .decision("55.839", "candidate_failed", "2e8d2ade", false)
      .line("55.862", kInfo, "gateway/ws",
            "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=Error: All "
            "models failed (2): fake/fake-1: " +
                kLocked +
                " (timeout) | fake/fake-2: session file locked ... "
                "runId=2e8d2ade error=x conn=1 id=2")
      .line("55.848", kError, "",
            "Gateway agent failed; falling back to embedded: "
            "GatewayClientRequestError: Error: All models failed (2): x")
      .lanes("66.566", "66.586", 10606, 10629, error)
      .decision("66.599", "candidate_failed", "6a808f33", true)
      .lanes("77.160", "77.162", 10552, 10556, error)
      .decision("77.166", "candidate_failed", "6a808f33", false);
  CHECK(log.timeouts("main", TimeoutKind::session) == 2);
  REQUIRE(log.totals().turns);
  CHECK((*log.totals().turns)[static_cast<std::size_t>(TurnOutcome::error)] ==
        1);
}

TEST_CASE("incident: 3.13, decisions that come late, on a busy machine") {
  const auto error = "Error: " + kLocked;
  for (const bool is_read_late : {false, true}) {
    CAPTURE(is_read_late);
    Scenario log;
    log.lanes("45.238", "45.241", 10604, 10609, error);
    if (!is_read_late) log.rest();
    log.decision("46.039", "candidate_failed", "2e8d2ade", true, kLocked)
        .lanes("56.833", "56.835", 10766, 10769, error);
    if (!is_read_late) log.rest();
    log.decision("57.365", "candidate_failed", "2e8d2ade", false, kLocked)
        .lanes("67.900", "67.901", 10002, 10003, error);
    CHECK(log.timeouts("main", TimeoutKind::session) == 2);
  }
}

TEST_CASE("incident: a late decision about another lock says nothing") {
  Scenario log;
  const auto error = "Error: " + kLocked;
  const auto other =
      "session file locked (timeout 10000ms): pid=77 "
      "/home/node/.openclaw/agents/main/sessions/other.jsonl.lock";
  log.lanes("45.238", "45.241", 10604, 10609, error)
      .rest()
      .decision("46.039", "candidate_failed", "2e8d2ade", true, other)
      .lanes("56.833", "56.835", 10766, 10769, error);
  CHECK(log.timeouts("main", TimeoutKind::session) == 2);
}

TEST_CASE("incident: 3.13, the same read from file log and console") {
  Scenario log;
  const auto error = "Error: " + kLocked;
  log.lanes("45.238", "45.241", 10604, 10609, error)
      .decision("45.257", "candidate_failed", "2e8d2ade", true)
      .lanes("55.833", "55.835", 10566, 10569, error)
      .decision("55.839", "candidate_failed", "2e8d2ade", false);
  const auto on_console = [&](const std::string& at, const std::string& text) {
    log.console("2026-11-28T16:00:" + at + "+00:00 " + text);
  };
  const auto lane = [&](const std::string& name) {
    return "[diagnostic] lane task error: lane=" + name +
           " durationMs=10609 error=\"" + error + '"';
  };
  on_console("45.240", lane("main"));
  on_console("45.242", lane("session:agent:main:main"));
  on_console("45.258",
             "[model-fallback/decision] model fallback decision: "
             "decision=candidate_failed requested=fake/fake-1 "
             "candidate=fake/fake-1 reason=timeout next=fake/fake-2");
  on_console("55.834", lane("main"));
  on_console("55.836", lane("session:agent:main:main"));
  on_console("55.840",
             "[model-fallback/decision] model fallback decision: "
             "decision=candidate_failed requested=fake/fake-1 "
             "candidate=fake/fake-2 reason=timeout next=none");
  CHECK(log.timeouts("main", TimeoutKind::session) == 1);
}

TEST_CASE("incident: 3.13, on the console alone") {
  Scenario log;
  const auto pair = [&](const std::string& first, const std::string& second) {
    const auto text = [&](const std::string& at, const std::string& lane) {
      log.console("2026-11-28T16:00:" + at +
                  "+00:00 [diagnostic] lane task "
                  "error: lane=" +
                  lane + " durationMs=10569 error=\"Error: " + kLocked + '"');
    };
    text(first, "main");
    text(second, "session:agent:main:main");
  };
  const auto decision = [&](const std::string& at, const std::string& next) {
    log.console("2026-11-28T16:00:" + at +
                "+00:00 [model-fallback/decision] "
                "model fallback decision: decision=candidate_failed "
                "requested=a/b candidate=a/b reason=timeout next=" +
                next);
  };
  pair("45.240", "45.242");
  decision("45.258", "c/d");
  pair("55.834", "55.836");
  decision("55.840", "none");
  CHECK(log.timeouts("main", TimeoutKind::session) == 1);
}

TEST_CASE("incident: 3.13, a run that another model saves is none") {
  Scenario log;
  log.lanes("10.611", "10.613", 10580, 10583, "Error: " + kLocked,
            "session:agent:main:telegram:direct:5")
      .decision("10.630", "candidate_failed", "r1", true)
      .rest()
      .rest()
      .decision("21.940", "candidate_succeeded", "r1", false);
  CHECK(log.all_timeouts() == 0);
  CHECK(log.events(LogEventKind::lock_timeout) == 2);
}

TEST_CASE("incident: 3.13, one that fails in the end for another reason") {
  Scenario log;
  log.lanes("10.611", "10.613", 10580, 10583, "Error: " + kLocked)
      .decision("10.630", "candidate_failed", "r1", true)
      .rest()
      .decision("14.940", "candidate_failed", "r1", false);
  CHECK(log.all_timeouts() == 1);
}

TEST_CASE("incident: 3.13, with one model, and the turn queued behind it") {
  Scenario log;
  const auto error = "Error: " + kLocked;
  log.lanes("10.611", "10.613", 10580, 10583, error)
      .decision("10.630", "candidate_failed", "r1", false)
      .lanes("21.611", "21.663", 10980, 11035, error)
      .decision("21.690", "candidate_failed", "r2", false);
  CHECK(log.all_timeouts() == 2);
}

TEST_CASE("incident: 3.13, two runs that fail within a moment") {
  for (const bool named : {false, true}) {
    CAPTURE(named);
    Scenario log;
    const auto other =
        "session file locked (timeout 10000ms): pid=78 "
        "/home/node/.openclaw/agents/work/sessions/b.jsonl.lock";
    const std::string work = "session:agent:work:main";
    log.lanes("0.000", "0.002", 10000, 10002, "Error: " + kLocked)
        .lanes("0.003", "0.005", 10000, 10002, std::string{"Error: "} + other,
               work)
        .decision("0.018", "candidate_failed", "ra", true,
                  named ? kLocked : std::string{})
        .decision("0.019", "candidate_failed", "rb", true,
                  named ? other : std::string{})
        .rest()
        .lanes("10.600", "10.602", 10560, 10562, std::string{"Error: "} + other,
               work)
        .decision("10.620", "candidate_failed", "rb", false)
        .decision("15.000", "candidate_succeeded", "ra", false);
    CHECK(log.timeouts("work", TimeoutKind::session) == 1);
    CHECK(log.all_timeouts() == 1);
  }
}

TEST_CASE("incident: the lock first, then another failure, summed up late") {
  for (const bool decided : {false, true}) {
    CAPTURE(decided);
    Scenario log;
    log.lanes("1.000", "1.002", 10000, 10003, "Error: " + kLocked);
    if (decided) log.decision("1.020", "candidate_failed", "r", true);
    log.rest();
    if (decided) log.decision("2.210", "candidate_failed", "r", false);
    log.line(
        "2.220", kError, "",
        "Embedded agent failed before reply: All models failed (2): a/m1: " +
            kLocked + " (timeout) | a/m2: 429 x (rate_limit)");
    CHECK(log.timeouts("main", TimeoutKind::session) == 1);
    CHECK(log.all_timeouts() == 1);
  }
}

TEST_CASE("incident: 2.26, a turn that begins 15 ms after the answer to one") {
  Scenario log;
  const auto error = "Error: " + kLocked;
  const auto answer = [](const std::string& run) {
    return "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=x runId=" + run;
  };
  log.lanes("10.600", "10.602", 10590, 10593, error)
      .line("10.610", kInfo, "gateway/ws", answer("r1"))
      .lanes("21.190", "21.191", 10571, 10574, error)
      .line("21.200", kInfo, "gateway/ws", answer("r2"));
  CHECK(log.all_timeouts() == 2);
}

TEST_CASE("incident: read a moment after the round began") {
  LogLedger ledger;
  LogEvent event;
  event.time = WallTime{std::chrono::seconds{1000}};
  event.incident.emplace();
  event.incident->lane = "session:agent:main:main";
  event.witness = lane_witness();
  const auto read_at = *event.time + std::chrono::milliseconds{3};
  ledger.add(event, LogSource::file_log, read_at);
  ledger.settle(*event.time);
  CHECK(ledger.totals().timeouts.empty());
  ledger.settle(read_at + IncidentLedger::kMaxSilence);
  CHECK(ledger.totals().timeouts.size() == 1);
}

TEST_CASE("incident: what a gateway of 8.2 says before it has a logger") {
  LogDecoder decoder;
  LineCounts counts{};
  int refused = 0;
  decoder.decode(
      R"({"log":"Another gateway (pid 18164) already owns this state )"
      R"(directory; refusing to run\n","stream":"stderr",)"
      R"("time":"2026-11-28T16:00:00.000000000Z"})"
      "\n",
      counts, [&](const LogEvent& event, LogSource) {
        if (event.kind == LogEventKind::gateway_refused) ++refused;
      });
  CHECK(refused == 1);
}

TEST_CASE("incident: 2.26, two models and no decisions, told at once or not") {
  for (const bool late : {false, true}) {
    CAPTURE(late);
    Scenario log;
    const auto error = "Error: " + kLocked;
    log.lanes("10.600", "10.602", 10590, 10593, error);
    if (late) log.rest();
    log.lanes("21.190", "21.191", 10571, 10574, error)
        .line("21.193", kError, "",
              "Embedded agent failed before reply: All models failed (2): "
              "a/m1: " +
                  kLocked + " (timeout) | b/m2: " + kLocked + " (timeout)");
    CHECK(log.timeouts("main", TimeoutKind::session) == 1);
  }
}

TEST_CASE("incident: 5.22, lanes that follow each other closely are turns") {
  Scenario log;
  const auto error = "SessionWriteLockTimeoutError: " + kLocked;
  log.lanes("10.600", "10.602", 10590, 10593, error)
      .lanes("21.190", "21.191", 10571, 10574, error);
  CHECK(log.all_timeouts() == 2);
}

TEST_CASE("incident: 2.26, a turn that was queued behind one is another") {
  Scenario log;
  const auto error = "Error: " + kLocked;
  log.lanes("10.600", "10.602", 10590, 10593, error)
      .lanes("20.653", "20.654", 10050, 10051, error);
  CHECK(log.all_timeouts() == 2);
}

TEST_CASE("incident: 4.24, the last model fails without a decision") {
  Scenario log;
  const auto error = "SessionWriteLockTimeoutError: " + kLocked;
  log.lanes("10.540", "10.543", 10530, 10533, error)
      .decision("10.560", "candidate_failed", "r1", true)
      .lanes("21.090", "21.092", 10520, 10524, error)
      .line("21.101", kError, "",
            "Embedded agent failed before reply: " + kLocked);
  CHECK(log.timeouts("main", TimeoutKind::session) == 1);
}

TEST_CASE("incident: 31, the only model that was tried got no lock") {
  Scenario log;
  const auto error =
      "Error: All models failed (2): google/gemini-3-pro: Provider google is "
      "in "
      "cooldown (all profiles unavailable) (rate_limit) | "
      "openai-codex/gpt-5.2: " +
      kLocked + " (timeout)";
  log.lanes("10.600", "10.602", 10590, 10593, error);
  CHECK(log.timeouts("main", TimeoutKind::session) == 1);
}

TEST_CASE("incident: 6.35, a session that conflicts is an event") {
  Scenario log;
  const std::string error =
      "Error: reply session initialization conflicted for "
      "agent:main:telegram:direct:5";
  log.line("0.021", kError, "diagnostic",
           "message dispatch completed: channel=telegram sessionId=unknown "
           "sessionKey=agent:main:telegram:direct:5 source=replyResolver "
           "outcome=error duration=7ms error=\"" +
               error + '"')
      .line("0.022", kError, "diagnostic",
            "message processed: channel=telegram chatId=telegram:5 "
            "messageId=400 sessionId=unknown sessionKey=x outcome=error "
            "duration=11ms error=\"" +
                error + '"')
      .line("0.024", kError, "gateway/channels/telegram",
            "telegram dispatch failed: " + error)
      .line("1.000", kInfo, "gateway/ws",
            "⇄ res ✗ agent errorCode=INVALID_REQUEST errorMessage=Session "
            "\"agent:main:main\" changed while starting work. Retry. conn=1 "
            "id=2");
  CHECK(log.events(LogEventKind::session_conflict) == 4);
  CHECK(log.all_timeouts() == 0);
}

TEST_CASE("incident: 8.2, the state database is held: one run, two waits") {
  Scenario log;
  const nlohmann::json wait{
      {"database", "/home/node/.openclaw/state/openclaw.sqlite"},
      {"elapsedMs", 5007}};
  const nlohmann::json name{{"errorName", "Error"}};
  const auto lane = [](const std::string& of) {
    return "lane task error: lane=" + of +
           " durationMs=5022 error=\"database is locked\"";
  };
  log.line("15.464", kWarn, "sqlite/transaction",
           "SQLite transaction lock wait failed", wait)
      .line("15.465", kWarn, "tasks/registry",
            "Failed to persist task registry upsert",
            {{"error", {{"errstr", "database is locked"}}}})
      .line("20.519", kWarn, "sqlite/transaction",
            "SQLite transaction lock wait failed", wait)
      .line("20.521", kError, "diagnostic", lane("main"), name)
      .line("20.523", kError, "diagnostic", lane("session:agent:main:main"),
            name)
      .line("20.539", kInfo, "gateway/ws",
            "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=database is "
            "locked | ERR_SQLITE_ERROR runId=9e72 error=x conn=1 id=2")
      .line("20.564", kError, "", "database is locked | ERR_SQLITE_ERROR");
  CHECK(log.timeouts("main", TimeoutKind::sqlite) == 1);
  CHECK(log.all_timeouts() == 1);
  CHECK(log.totals().waits.at(TimeoutKind::sqlite).count() == 2);
  CHECK(log.events(LogEventKind::sqlite_lock_wait_failed) == 2);
}

TEST_CASE("incident: 9.6, an agent's database is held: a turn without a lane") {
  Scenario log;
  const std::string database =
      "/home/node/.openclaw/agents/main/agent/openclaw-agent.sqlite";
  log.line("52.667", kWarn, "sqlite/transaction",
           "SQLite transaction lock wait failed",
           {{"database", database}, {"elapsedMs", 5056}})
      .line("52.716", kWarn, "session-sqlite", "SQLite session write failed",
            {{"agentId", "main"},
             {"error", "database is locked | ERR_SQLITE_ERROR"}})
      .line("52.743", kError, "gateway",
            "request handler failed: Error: database is locked: "
            "code=ERR_SQLITE_ERROR")
      .line("52.747", kInfo, "gateway/ws",
            "⇄ res ✗ agent 5187ms errorCode=UNAVAILABLE errorMessage=Error: "
            "database is locked: code=ERR_SQLITE_ERROR conn=4257 id=2")
      .line("52.869", kError, "",
            "Error: database is locked: code=ERR_SQLITE_ERROR");
  CHECK(log.timeouts("main", TimeoutKind::sqlite) == 1);
  CHECK(log.all_timeouts() == 1);
}

TEST_CASE("incident: 8.2, what telegram tries again is not lost") {
  Scenario log;
  log.line("10.030", kWarn, "sqlite/transaction",
           "SQLite transaction lock wait failed", {{"elapsedMs", 5001}})
      .line("10.050", kError, "gateway/channels/telegram",
            "telegram debounce flush failed: Error: database is locked")
      .line("10.060", kError, "gateway/channels/telegram",
            "spooled update 812 failed; keeping for retry: database is locked "
            "| ERR_SQLITE_ERROR");
  CHECK(log.all_timeouts() == 0);
  CHECK(log.events(LogEventKind::database_locked) == 2);
}

TEST_CASE("incident: paths of Windows") {
  Scenario log;
  const std::string folder = R"(C:\Users\me\.openclaw\agents\work\sessions\)";
  log.lanes("10.600", "10.602", 10590, 10593,
            "Error: session file locked (timeout 10000ms): pid=9 " + folder +
                "sessions.json.lock")
      .lanes("40.600", "40.602", 10590, 10593,
             "Error: session file locked (timeout 10000ms): pid=9 " + folder +
                 "s1.jsonl.lock");
  CHECK(log.timeouts("work", TimeoutKind::session_store) == 1);
  CHECK(log.timeouts("work", TimeoutKind::session) == 1);
}

TEST_CASE("incident: turns, by the answers that are logged") {
  Scenario log;
  CHECK_FALSE(log.totals().turns);
  log.line("1.000", kInfo, "gateway/ws",
           "⇄ res ✓ agent 350ms runId=1 conn=a id=b")
      .line("2.000", kInfo, "gateway/ws",
            "⇄ res ✓ agent.wait 12345ms conn=a id=b")
      .line("3.000", kInfo, "gateway/ws", "⇄ res ✓ chat.send 61ms runId=3")
      .line("4.000", kInfo, "gateway/ws",
            "⇄ res ✗ agent errorCode=UNAVAILABLE errorMessage=no such model "
            "runId=4 conn=a id=b")
      .line("5.000", kInfo, "gateway/ws",
            "⇄ res ✗ agent 3ms errorCode=UNAVAILABLE errorMessage=no such "
            "model cached=true conn=a id=b")
      .line("6.000", kDebug, "gateway/ws", "⇄ res ✓ agent 350ms runId=6");
  REQUIRE(log.totals().turns);
  CHECK(*log.totals().turns ==
        std::array<std::uint64_t, kTurnOutcomeCount>{1, 1});
}

TEST_CASE("incident: stalls of the event loop, by their length") {
  Scenario log;
  log.line("1.000", kWarn, "diagnostic",
           "liveness warning: reasons=event_loop_delay interval=30s "
           "eventLoopDelayP99Ms=5011.3 eventLoopDelayMaxMs=5033.2 "
           "eventLoopUtilization=0.053 cpuCoreRatio=0.1 active=1")
      .line("2.000", kWarn, "diagnostic",
            "liveness warning: reasons=cpu interval=30s "
            "eventLoopDelayP99Ms=unknown eventLoopDelayMaxMs=unknown");
  const auto& stalls = log.totals().stalls.at(LogEventKind::liveness_warning);
  CHECK(stalls.count() == 1);
  CHECK(stalls.sum_seconds == doctest::Approx(5.0332));
  CHECK(log.events(LogEventKind::liveness_warning) == 2);
}

TEST_CASE("incident: starts that failed, and those that another one prevents") {
  const auto start = [](const std::string& reason) {
    Scenario log;
    log.line("1.000", kError, "", "Gateway failed to start: " + reason);
    return std::array{log.events(LogEventKind::gateway_start_failed),
                      log.events(LogEventKind::gateway_refused),
                      log.events(LogEventKind::gateway_already_running),
                      log.events(LogEventKind::database_locked)};
  };
  using Events = std::array<std::uint64_t, 4>;
  CHECK(start("database is locked") == Events{1, 0, 0, 1});
  CHECK(start("database is locked | ERR_SQLITE_ERROR. Run openclaw gateway "
              "status --deep for diagnostics.") == Events{1, 0, 0, 1});
  CHECK(start("Agent database maintenance is in progress; retry after openclaw "
              "doctor --fix completes.") == Events{1, 1, 0, 0});
  CHECK(start("failed to acquire gateway lock at /h/gateway.state.lock | "
              "openat2 beneath root: Function not implemented (os error 38) | "
              "ENOSYS") == Events{1, 1, 0, 0});
  CHECK(start("OpenClaw startup migrations are already running for this state "
              "directory; retry after") == Events{1, 1, 0, 0});
  CHECK(start("Legacy session store requires migration: /s/sessions.json. Run "
              "\"openclaw doctor --fix\"") == Events{1, 0, 0, 0});
  CHECK(start("OpenClaw state database /s uses newer schema version 15; this "
              "OpenClaw build supports 1.") == Events{1, 0, 0, 0});
  CHECK(start("Error: EROFS: read-only file system, mkdir '/s'") ==
        Events{1, 0, 0, 0});
  CHECK(start("gateway already running (pid 7); lock timeout after 5000ms") ==
        Events{0, 0, 1, 0});
  CHECK(start("failed to acquire gateway state ownership | another OpenClaw "
              "process owns gateway-lifecycle") == Events{0, 1, 0, 0});
  CHECK(start("state directory is locked by gateway (pid 7); lock timeout") ==
        Events{0, 1, 0, 0});
}
