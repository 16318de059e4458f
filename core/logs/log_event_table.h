// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "core/logs/log_event.h"

namespace openclaw_lock {

/// Evidence for an event: who says it how loudly, and how the message begins.
struct LogEventRow {
  LogEventKind kind;
  std::string_view versions;   ///< OpenClaw's, first and last that write it
  std::string_view subsystem;  ///< as in the file log; empty: none
  RecordLevel level;           ///< at least
  std::string_view start;      ///< of the message
};

/// What work a message with an Error text in it was about.
enum class FailedWork {
  none,     ///< not known, or told by another line as well
  run,      ///< a run, or what was to become one
  message,  ///< of a channel, which may try again where databases are locked
};

/// A message with an Error text in it, whose meaning is the error's.
struct ErrorCarrierRow {
  std::string_view versions;
  std::string_view subsystem;
  RecordLevel level;
  std::string_view start;
  /// The error follows the first of these behind the start; empty: at once.
  std::string_view marker;
  FailedWork work;
  /// Must stand between start and marker.
  std::string_view outcome = {};
};

/// What an Error text means by its start, class names left out.
struct ErrorRow {
  LogEventKind kind;
  std::string_view versions;
  std::string_view start;
  std::string_view rest = {};  ///< must stand behind the start
};

/// A turn of a gateway's client, by the answer to its request.
struct TurnRow {
  TurnOutcome outcome;
  std::string_view subsystem;
  RecordLevel level;
  std::string_view start;
};

inline constexpr std::array<LogEventRow, 30> kLogEventRows{{
    {LogEventKind::lock_removed_stale, "2.17 to 7.2-beta.7", "gateway",
     RecordLevel::warn, "removed stale session lock: "},
    {LogEventKind::lock_force_released, "2.17 to 3.24", "", RecordLevel::warn,
     "[session-write-lock] releasing lock held for "},
    {LogEventKind::lock_force_released, "3.28 to 7.35, stderr only",
     "session-write-lock", RecordLevel::warn, "releasing lock held for "},
    {LogEventKind::session_takeover, "6.1 to 7.35", "agent/embedded",
     RecordLevel::warn, "embedded attempt cleanup detected session takeover"},
    {LogEventKind::embedded_fallback, "1.29 to 4.25", "", RecordLevel::error,
     "Gateway agent failed; falling back to embedded: "},
    {LogEventKind::embedded_fallback, "4.26 to 7.35", "", RecordLevel::error,
     "EMBEDDED FALLBACK: Gateway agent "},
    {LogEventKind::gateway_already_running, "all", "", RecordLevel::error,
     "Gateway failed to start: gateway already running"},
    {LogEventKind::gateway_already_running, "all", "", RecordLevel::error,
     "Gateway failed to start: another gateway instance is already listening"},
    {LogEventKind::gateway_already_running, "3.31 on", "gateway",
     RecordLevel::info, "gateway already running under "},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "Gateway failed to start: Agent database maintenance is in progress"},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "Gateway failed to start: OpenClaw startup migrations are already"},
    {LogEventKind::gateway_refused, "9.6", "", RecordLevel::error,
     "Gateway failed to start: Doctor could not enter maintenance."},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "Gateway failed to start: state directory is locked by "},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "Gateway failed to start: another embedded OpenClaw state writer"},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "Gateway failed to start: failed to acquire gateway "},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "Gateway failed to start: another OpenClaw process owns "},
    {LogEventKind::gateway_refused, "8.1 to 9.1", "", RecordLevel::error,
     "Another gateway (pid "},
    {LogEventKind::gateway_refused, "8.1 on", "", RecordLevel::error,
     "A Gateway is running for this state directory ("},
    {LogEventKind::sqlite_lock_wait_failed, "7.2-beta.1 on",
     "sqlite/transaction", RecordLevel::warn,
     "SQLite transaction lock wait failed"},
    {LogEventKind::sqlite_slow_lock_wait, "7.2-beta.1 on", "sqlite/transaction",
     RecordLevel::warn, "slow SQLite transaction lock wait"},
    {LogEventKind::sqlite_slow_hold, "7.2-beta.1 on", "sqlite/transaction",
     RecordLevel::warn, "slow SQLite transaction hold"},
    {LogEventKind::liveness_warning, "4.27 on", "diagnostic", RecordLevel::warn,
     "liveness warning: "},
    {LogEventKind::stuck_session, "1.29 on", "diagnostic", RecordLevel::warn,
     "stuck session: "},
    {LogEventKind::stuck_session, "5.7 on", "diagnostic", RecordLevel::warn,
     "stalled session: "},
    {LogEventKind::stuck_session, "5.7 on", "diagnostic", RecordLevel::warn,
     "long-running session: "},
    {LogEventKind::gateway_start_failed, "3.13 on", "gateway",
     RecordLevel::error, "gateway startup failed: "},
    {LogEventKind::gateway_start_failed, "2.9 on", "", RecordLevel::error,
     "Gateway start blocked: "},
    {LogEventKind::gateway_start_failed, "2.9 on", "", RecordLevel::error,
     "Refusing to bind gateway to "},
    {LogEventKind::log_suppressed, "2.22 to 4.24", "logging", RecordLevel::warn,
     "log file size cap reached; suppressing writes"},
    {LogEventKind::log_suppressed, "2.22 to 4.24, stderr", "openclaw",
     RecordLevel::warn, "log file size cap reached; suppressing writes"},
}};

/// A start that failed has this in front of the reason.
inline constexpr std::string_view kStartFailed = "Gateway failed to start: ";

/// Where the reason has one of these, another gateway runs.
inline constexpr std::array<std::string_view, 3> kOwnedByAnother{
    "another OpenClaw process owns ", "state directory is locked by ",
    "another embedded OpenClaw state writer"};

inline constexpr std::array<ErrorCarrierRow, 12> kErrorCarrierRows{{
    {"all", "diagnostic", RecordLevel::error,
     "lane task error: lane=", " error=\"", FailedWork::run},
    {"all, by default from 4.22 on", "diagnostic", RecordLevel::error,
     "message processed: ", " error=\"", FailedWork::message,
     " outcome=error "},
    {"5.22 on", "diagnostic", RecordLevel::error,
     "message dispatch completed: ", " error=\"", FailedWork::message,
     " outcome=error "},
    {"all", "gateway/ws", RecordLevel::info, "⇄ res ✗ ",
     " errorMessage=", FailedWork::none},
    {"all", "gateway", RecordLevel::error, "request handler failed: ", "",
     FailedWork::run},
    {"1.29 to 5.22", "gateway/hooks", RecordLevel::warn,
     "hook agent failed: ", "", FailedWork::run},
    {"2.9 on", "cron", RecordLevel::warn, "cron: job failed: ", "",
     FailedWork::run},
    {"all", "gateway/heartbeat", RecordLevel::error, "heartbeat failed: ", "",
     FailedWork::run},
    {"all", "", RecordLevel::error, "Embedded agent failed before reply: ", "",
     FailedWork::run},
    {"all", "", RecordLevel::error, "Followup agent failed before reply: ", "",
     FailedWork::run},
    {"all", "", RecordLevel::error, kStartFailed, "", FailedWork::none},
    {"all", "", RecordLevel::error, "", "",
     FailedWork::none},  // console.error(error)
}};

/// A channel tells of a message that it could not handle by an error of its own
/// words: `handler failed: E`, `telegram debounce flush failed: E`, `discord
/// message run failed: E`, `line: auto-reply failed: E`, `[main] BlueBubbles
/// webhook failed: E`. In the file log its subsystem is below this; the console
/// leaves that out.
inline constexpr std::string_view kChannels = "gateway/channels/";
inline constexpr std::array kChannelNames{
    "bluebubbles", "discord",        "feishu",
    "googlechat",  "imessage",       "irc",
    "line",        "matrix",         "mattermost",
    "msteams",     "nextcloud-talk", "nostr",
    "qqbot",       "signal",         "slack",
    "telegram",    "tlon",           "twitch",
    "web",         "whatsapp",       "zalo",
    "zalouser"};

/// Words of a channel's error after which no message is lost: the delivery of a
/// reply, an update in the background, another attempt.
inline constexpr std::array<std::string_view, 4> kHarmlessChannelErrors{
    " reply failed", "updating session meta", "updating last route",
    "keeping for retry"};

inline constexpr std::array<ErrorRow, 14> kErrorRows{{
    {LogEventKind::lock_timeout, "1.29 to 8.1-beta.1",
     "session file locked (timeout "},
    {LogEventKind::lock_timeout, "1.29 to 2.12",
     "timeout acquiring session store lock: "},
    {LogEventKind::lock_timeout, "2.13 to 4.29",
     "timeout waiting for session store lock: "},
    {LogEventKind::lock_stale, "6.1 to 8.1-beta.1",
     "session file lock stale ("},
    {LogEventKind::file_lock_stale, "5.12 on", "file lock stale for "},
    {LogEventKind::session_takeover, "5.19 to 8.1-beta.1",
     "session file changed while embedded prompt lock was released"},
    {LogEventKind::all_models_failed, "all", "All models failed"},
    {LogEventKind::all_models_failed, "2.26 on", "All image models failed ("},
    {LogEventKind::database_locked, "6.1 on", "database is locked"},
    {LogEventKind::session_conflict, "6.11 on",
     "reply session initialization conflicted"},
    {LogEventKind::session_conflict, "7.1 on", "Session \"",
     " while starting work"},
    {LogEventKind::session_conflict, "8.2 on", "Session \"",
     " is still initializing"},
    {LogEventKind::session_conflict, "9.6", "Session store for \"",
     " while starting work"},
    {LogEventKind::session_conflict, "8.2 on",
     "Conversation binding changed while preparing the reply"},
}};

/// An answer that is `ok` says that the turn was accepted, and is written where
/// that took 50 ms; one that is not says how it ended (1.29 to 9.6).
inline constexpr std::array<TurnRow, 2> kTurnRows{{
    {TurnOutcome::ok, "gateway/ws", RecordLevel::info, "⇄ res ✓ agent "},
    {TurnOutcome::error, "gateway/ws", RecordLevel::info, "⇄ res ✗ agent "},
}};

/// Decisions between the models of one run.
inline constexpr std::string_view kFallbackSubsystem =
    "model-fallback/decision";
inline constexpr std::string_view kFallbackDecision = "model fallback decision";

/// Messages that are events with a field beside them: `error` that begins with
/// `database is locked` (7.2-beta.1 on), `dropped` (7.2-beta.7 on).
inline constexpr std::string_view kSessionWriteFailed =
    "SQLite session write failed";
inline constexpr std::string_view kLogQueueOverflow =
    "file log queue overflow; dropped ";

}  // namespace openclaw_lock
