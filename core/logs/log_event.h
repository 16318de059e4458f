// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// The events of openclaw_lock_log_events_total; each record is at most one,
/// but for a start that failed: that can be one of the others as well.
enum class LogEventKind {
  lock_timeout,             ///< a lock was not had in time; 3 to 7 a turn
  lock_stale,               ///< a lock is stale and its waiter gave up
  lock_removed_stale,       ///< a starting gateway has removed a stale lock
  lock_force_released,      ///< the watchdog has released a lock of its own
  session_takeover,         ///< another process wrote the released session
  file_lock_stale,          ///< the same as lock_stale, of another file
  embedded_fallback,        ///< the CLI runs the turn itself
  all_models_failed,        ///< up to 2026.4.22 lock errors hide inside
  gateway_already_running,  ///< a second gateway found the lock or port taken
  gateway_refused,          ///< era C: a second process was refused the state
  sqlite_lock_wait_failed,  ///< a transaction gave up: an incident
  sqlite_slow_lock_wait,    ///< a transaction waited for 1 s or more
  sqlite_slow_hold,         ///< a transaction took 1 s or more
  database_locked,          ///< an error that says `database is locked`
  liveness_warning,         ///< the event loop stands still at times
  stuck_session,            ///< a session makes no progress
  log_suppressed,           ///< the log itself lost records: we are blind
  gateway_start_failed,     ///< for another reason than another gateway
  session_conflict,         ///< a message was refused before its run began
};

inline constexpr std::size_t kLogEventKindCount = 19;

/// Value of the label `event`.
std::string_view to_string(LogEventKind kind);

/// Value of the label `kind` of openclaw_lock_timeouts_total.
enum class TimeoutKind {
  session,        ///< `*.jsonl.lock`, and the lease of 2026.7.2-beta.7
  session_store,  ///< `sessions.json.lock`, up to 2026.4.29
  sandbox,        ///< `containers.json.lock`, `browsers.json.lock`
  sqlite,         ///< a SQLite transaction, 2026.7.2-beta.1 on
};

inline constexpr std::size_t kTimeoutKindCount = 4;

std::string_view to_string(TimeoutKind kind);

/// A run, or a message that never became one, that failed because a lock was
/// not had in time.
struct LockIncident {
  std::string agent;  ///< from the path, else from the lane; may be empty
  TimeoutKind kind = TimeoutKind::session;
  std::optional<std::chrono::milliseconds> wait;
  std::string lane;        ///< `session:agent:main:main`
  std::string lock_path;   ///< of the lock, or of the database
  std::optional<int> pid;  ///< of the holder, where it is named

  bool operator==(const LockIncident&) const = default;
};

/// Which sort of line tells of an incident: one incident has at most one line
/// of each sort in each log (see IncidentLedger).
using Witness = std::uint64_t;

/// The attempt of a run in a session lane has failed; another model may be
/// tried.
Witness lane_witness();

/// What a run does after an attempt with one model (2026.3.11 on).
enum class FallbackStep {
  next,       ///< it tries the next
  given_up,   ///< there is none
  succeeded,  ///< this one worked
};

struct FallbackDecision {
  FallbackStep step = FallbackStep::next;
  std::string run_id;     ///< may be empty
  std::string lock_path;  ///< of the attempt's error; empty: it names none
  /// Of a model that was tried; false: of one that was left out.
  bool of_attempt = true;

  bool operator==(const FallbackDecision&) const = default;
};

/// Label `outcome` of openclaw_lock_turns_total.
enum class TurnOutcome { ok, error };

inline constexpr std::size_t kTurnOutcomeCount = 2;

std::string_view to_string(TurnOutcome outcome);

/// What a record means.
struct LogEvent {
  /// Empty: no event, but needed to understand others.
  std::optional<LogEventKind> kind = LogEventKind::lock_timeout;
  std::optional<WallTime> time;
  std::optional<LockIncident> incident;
  /// A SQLite wait that belongs in openclaw_lock_wait_seconds.
  std::optional<std::chrono::milliseconds> sqlite_wait;
  /// What the record is besides.
  std::optional<LogEventKind> second_kind;
  Witness witness = 0;  ///< of the incident
  /// How long the attempt ran: it began so long before `time`.
  std::optional<std::chrono::milliseconds> attempt;
  /// Its error has no class of its own, as up to 2026.4.22.
  bool is_plain_error = false;
  std::optional<FallbackDecision> fallback;
  std::optional<TurnOutcome> turn;
  /// Longest stall of the event loop, of a liveness warning.
  std::optional<std::chrono::microseconds> event_loop_delay;

  bool operator==(const LogEvent&) const = default;
};

/// Judges a record by its structure alone: source, level, subsystem, and what
/// the message begins with; nowhere by what it merely contains. An incident is
/// told by a line of log_event_table.h that carries one of the sentences of
/// lock_sentence.h, or `database is locked`, as its error. A SQLite wait that
/// failed is none: the work may go on, and where it does not, such a line says
/// so (2026.8.2: one run, two waits).
///
/// Text without subsystem counts only where its level is known: in JSON, or on
/// stderr. Console text on stdout is no warning.
std::optional<LogEvent> classify_log_record(const LogRecord& record);

}  // namespace openclaw_lock
