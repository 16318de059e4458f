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

/// A message with an Error text in it, whose meaning is the error's.
struct ErrorCarrierRow {
  std::string_view versions;
  std::string_view subsystem;
  RecordLevel level;
  std::string_view start;
  /// The error follows the first of these behind the start; empty: at once.
  std::string_view marker;
};

/// What an Error text means by its start, class names left out.
struct ErrorRow {
  LogEventKind kind;
  std::string_view versions;
  std::string_view start;
};

inline constexpr std::array<LogEventRow, 25> kLogEventRows{{
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
    {LogEventKind::log_suppressed, "2.22 to 4.24", "logging", RecordLevel::warn,
     "log file size cap reached; suppressing writes"},
    {LogEventKind::log_suppressed, "2.22 to 4.24, stderr", "openclaw",
     RecordLevel::warn, "log file size cap reached; suppressing writes"},
}};

inline constexpr std::array<ErrorCarrierRow, 5> kErrorCarrierRows{{
    {"all", "diagnostic", RecordLevel::error,
     "lane task error: lane=", " error=\""},
    {"all", "gateway/ws", RecordLevel::info, "⇄ res ✗ ", " errorMessage="},
    {"8.1 on", "gateway", RecordLevel::error, "request handler failed: ", ""},
    {"all", "", RecordLevel::error, "Embedded agent failed before reply: ", ""},
    {"all", "", RecordLevel::error, "", ""},  // console.error(error)
}};

inline constexpr std::array<ErrorRow, 9> kErrorRows{{
    {LogEventKind::lock_timeout, "1.29 to 8.1-beta.1",
     "session file locked (timeout "},
    {LogEventKind::lock_timeout, "1.29 to 2.12",
     "timeout acquiring session store lock: "},
    {LogEventKind::lock_timeout, "2.17 to 4.29",
     "timeout waiting for session store lock: "},
    {LogEventKind::lock_stale, "6.1 to 8.1-beta.1",
     "session file lock stale ("},
    {LogEventKind::file_lock_stale, "5.12 on", "file lock stale for "},
    {LogEventKind::session_takeover, "5.19 to 8.1-beta.1",
     "session file changed while embedded prompt lock was released"},
    {LogEventKind::all_models_failed, "all", "All models failed"},
    {LogEventKind::all_models_failed, "2.26 on", "All image models failed ("},
    {LogEventKind::database_locked, "6.1 on", "database is locked"},
}};

/// Messages that are events with a field beside them: `error` that begins with
/// `database is locked` (7.2-beta.1 on), `dropped` (7.2-beta.7 on).
inline constexpr std::string_view kSessionWriteFailed =
    "SQLite session write failed";
inline constexpr std::string_view kLogQueueOverflow =
    "file log queue overflow; dropped ";

}  // namespace openclaw_lock
