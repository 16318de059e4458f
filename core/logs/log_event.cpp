// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_event.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "core/base/stable_hash.h"
#include "core/base/text.h"
#include "core/logs/lock_sentence.h"
#include "core/logs/log_event_table.h"

namespace openclaw_lock {
namespace {

/// Console text leaves `gateway/`, `channels/` and `providers/` out of names.
std::string_view console_name(std::string_view subsystem) {
  for (const std::string_view group : {"gateway/", "channels/", "providers/"})
    if (subsystem.starts_with(group)) return subsystem.substr(group.size());
  return subsystem;
}

bool has_subsystem(const LogRecord& record, std::string_view wanted) {
  if (record.subsystem == wanted) return true;
  return record.source == LogSource::console_text &&
         record.subsystem == console_name(wanted);
}

bool has_level(const LogRecord& record, RecordLevel wanted) {
  if (record.source != LogSource::console_text) return record.level >= wanted;
  if (record.subsystem.empty()) return record.stream == ConsoleStream::err;
  return wanted < RecordLevel::warn || record.stream != ConsoleStream::out;
}

/// What follows `start`, which console text writes without the subsystem's own
/// name in front.
std::optional<std::string_view> behind_start(const LogRecord& record,
                                             std::string_view start) {
  const std::string_view message = record.message;
  if (message.starts_with(start)) return message.substr(start.size());
  if (record.source != LogSource::console_text || record.subsystem.empty() ||
      !start.starts_with(record.subsystem + ' '))
    return {};
  const auto rest = start.substr(record.subsystem.size() + 1);
  if (!message.starts_with(rest)) return {};
  return message.substr(rest.size());
}

template <typename Row>
std::optional<std::string_view> behind_evidence(const LogRecord& record,
                                                const Row& row) {
  if (!has_subsystem(record, row.subsystem) || !has_level(record, row.level))
    return {};
  return behind_start(record, row.start);
}

/// `session.store` may give the store any name; a transcript is `.jsonl`.
TimeoutKind kind_of(const LockSentence& sentence) {
  if (sentence.names_store) return TimeoutKind::session_store;
  const auto name = file_name_of(sentence.path);
  if (name == "containers.json.lock" || name == "browsers.json.lock")
    return TimeoutKind::sandbox;
  const bool is_store = name.starts_with("sessions.json") ||
                        name.ends_with(".json.lock") || name.ends_with(".json");
  return is_store ? TimeoutKind::session_store : TimeoutKind::session;
}

/// Runs `look` for the error of each attempt of `All models failed (2):
/// provider/model: text (reason) | provider/model: text` until it is true.
template <typename Look>
bool any_attempt(std::string_view error, Look look) {
  const auto count = error.find("): ");
  if (count == std::string_view::npos) return false;
  error.remove_prefix(count + 3);
  for (;;) {
    const auto end = error.find(" | ");
    const auto attempt = error.substr(0, end);
    const auto model = attempt.find(": ");
    if (model != std::string_view::npos &&
        look(without_error_classes(attempt.substr(model + 2))))
      return true;
    if (end == std::string_view::npos) return false;
    error.remove_prefix(end + 3);
  }
}

constexpr std::string_view kDatabaseLocked = "database is locked";

void take_sentence(const LockSentence& sentence, LockIncident& incident) {
  incident.kind = kind_of(sentence);
  incident.wait = sentence.wait;
  incident.pid = sentence.pid;
  incident.agent = agent_of_path(sentence.path);
  // A text that was cut does not name the whole path.
  if (!sentence.path.ends_with("...")) incident.lock_path = sentence.path;
}

/// What was not had; empty where the error is another one.
std::optional<LockIncident> incident_of(LogEventKind kind,
                                        std::string_view error) {
  LockIncident incident;
  const auto take = [&](std::string_view text) {
    if (const auto sentence = parse_lock_sentence(text)) {
      take_sentence(*sentence, incident);
      return true;
    }
    if (!text.starts_with(kDatabaseLocked)) return false;
    incident.kind = TimeoutKind::sqlite;
    return true;
  };
  const bool found = kind == LogEventKind::all_models_failed
                         ? any_attempt(error, take)
                         : take(error);
  return found ? std::optional{incident} : std::nullopt;
}

Witness witness_of(std::string_view subsystem, std::string_view start) {
  StableHash hash;
  hash.add(subsystem);
  hash.add(start);
  return hash.value();
}

constexpr std::string_view kLaneSubsystem = "diagnostic";
constexpr std::string_view kLaneStart = "lane task error: lane=";

/// An error that a record carries.
struct CarriedError {
  std::string_view behind;  ///< the carrier's start
  std::string_view error;   ///< without class names
  FailedWork work = FailedWork::none;
  Witness witness = 0;
  bool in_lane = false;
  bool is_plain = false;  ///< of class Error
};

const ErrorRow* find_error(std::string_view error) {
  const auto row =
      std::ranges::find_if(kErrorRows, [&](const ErrorRow& wanted) {
        return error.starts_with(wanted.start) &&
               error.find(wanted.rest, wanted.start.size()) !=
                   std::string_view::npos;
      });
  return row == kErrorRows.end() ? nullptr : &*row;
}

bool is_channel(const LogRecord& record) {
  const std::string_view subsystem = record.subsystem;
  if (record.source != LogSource::console_text)
    return subsystem.starts_with(kChannels);
  const auto name = subsystem.substr(0, subsystem.find('/'));
  return std::ranges::find(kChannelNames, name) != kChannelNames.end();
}

/// An error behind words that say that something failed.
std::optional<CarriedError> channel_error(const LogRecord& record) {
  constexpr std::size_t kMaxWords = 160;
  if (!is_channel(record) || !has_level(record, RecordLevel::error)) return {};
  const std::string_view message = record.message;
  for (auto colon = message.find(": "); colon < kMaxWords;
       colon = message.find(": ", colon + 2)) {
    const auto error = without_error_classes(message.substr(colon + 2));
    if (!find_error(error)) continue;
    const auto words = message.substr(0, colon);
    const bool failed = words.find("ailed") != std::string_view::npos ||
                        words.find("error") != std::string_view::npos;
    const bool harmless =
        std::ranges::any_of(kHarmlessChannelErrors, [&](std::string_view text) {
          return words.find(text) != std::string_view::npos;
        });
    const auto work =
        failed && !harmless && words.find_first_of("\"\n") == words.npos
            ? FailedWork::message
            : FailedWork::none;
    return CarriedError{message.substr(0, colon), error, work,
                        witness_of(kChannels, {}), false};
  }
  return {};
}

std::optional<CarriedError> carried_error(const LogRecord& record) {
  for (const auto& carrier : kErrorCarrierRows) {
    const auto behind = behind_evidence(record, carrier);
    if (!behind) continue;
    const auto marker = behind->find(carrier.marker);
    if (marker == std::string_view::npos) return {};
    CarriedError carried;
    carried.behind = behind->substr(0, marker);
    carried.error =
        without_error_classes(behind->substr(marker + carrier.marker.size()));
    const auto whole = behind->substr(marker + carrier.marker.size());
    constexpr std::string_view kPlain = "Error: ";
    carried.is_plain = whole.starts_with(kPlain) &&
                       whole.size() - carried.error.size() == kPlain.size();
    carried.work = carrier.work;
    carried.witness = witness_of(carrier.subsystem, carrier.start);
    carried.in_lane = carrier.start == kLaneStart;
    // The outcome may be the last word before the marker.
    if (!carrier.outcome.empty() &&
        behind->substr(0, marker + 1).find(carrier.outcome) ==
            std::string_view::npos)
      carried.work = FailedWork::none;
    if (carried.in_lane && !carried.behind.starts_with("session:"))
      carried.work = FailedWork::none;
    return carried;
  }
  return channel_error(record);
}

/// The word behind `name=`.
std::string_view word_of(std::string_view text, std::string_view name) {
  const auto at = text.find(name);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + name.size());
  return text.substr(0, text.find(' '));
}

void tell_incident(const CarriedError& carried, const LogRecord& record,
                   LogEvent& event) {
  auto incident = incident_of(*event.kind, carried.error);
  const bool is_tried_again = incident &&
                              incident->kind == TimeoutKind::sqlite &&
                              carried.work == FailedWork::message;
  if (!incident || is_tried_again || carried.work == FailedWork::none) return;
  if (carried.in_lane) {
    incident->lane = word_of(carried.behind, "");
    const auto ran = word_of(carried.behind, " durationMs=");
    if (const auto span = parse_integer<std::uint32_t>(ran))
      event.attempt = std::chrono::milliseconds{*span};
    event.is_plain_error = carried.is_plain;
  }
  if (incident->agent.empty()) incident->agent = agent_of_lane(incident->lane);
  if (incident->agent.empty())
    incident->agent = agent_of_lane(
        "session:" + std::string{word_of(carried.behind, " sessionKey=")});
  if (incident->agent.empty()) incident->agent = record.agent;
  event.incident = std::move(incident);
  event.witness = carried.witness;
}

std::optional<LogEvent> classify_error(const LogRecord& record) {
  const auto carried = carried_error(record);
  const auto* const row = carried ? find_error(carried->error) : nullptr;
  if (!row) return {};
  LogEvent event;
  event.kind = row->kind;
  event.time = record.time;
  tell_incident(*carried, record, event);
  return event;
}

std::optional<FallbackDecision> fallback_of(const LogRecord& record) {
  if (!has_subsystem(record, kFallbackSubsystem) ||
      !has_level(record, RecordLevel::warn) ||
      !record.message.starts_with(kFallbackDecision))
    return {};
  FallbackDecision decision;
  decision.run_id = record.run_id;
  constexpr std::string_view kDetail = " detail=";
  std::string_view error = record.error_preview;
  if (const auto detail = record.message.find(kDetail);
      error.empty() && detail != std::string::npos)
    error = std::string_view{record.message}.substr(detail + kDetail.size());
  if (const auto sentence = parse_lock_sentence(without_error_classes(error)))
    decision.lock_path = sentence->path;
  decision.of_attempt = record.decision != "skip_candidate";
  if (record.decision == "candidate_succeeded")
    decision.step = FallbackStep::succeeded;
  else if (record.decision == "probe_cooldown_candidate")
    decision.of_attempt = false;
  else if (!record.has_next)
    decision.step = FallbackStep::given_up;
  return decision;
}

std::optional<TurnOutcome> turn_of(const LogRecord& record) {
  for (const auto& row : kTurnRows)
    if (const auto behind = behind_evidence(record, row))
      // The answer to a request that was asked again.
      return behind->find(" cached=true") == std::string_view::npos
                 ? std::optional{row.outcome}
                 : std::nullopt;
  return {};
}

std::optional<std::chrono::microseconds> longest_stall(
    std::string_view message) {
  const auto word = word_of(message, " eventLoopDelayMaxMs=");
  double milliseconds = 0;
  const auto read =
      std::from_chars(word.data(), word.data() + word.size(), milliseconds);
  constexpr double kMost = 1e9;
  if (read.ec != std::errc{} || read.ptr != word.data() + word.size() ||
      !(milliseconds >= 0 && milliseconds <= kMost))
    return {};
  return std::chrono::microseconds{
      static_cast<std::int64_t>(milliseconds * 1000)};
}

LogEvent to_event(const LogRecord& record, LogEventKind kind) {
  LogEvent event;
  event.kind = kind;
  event.time = record.time;
  if (kind == LogEventKind::sqlite_lock_wait_failed ||
      kind == LogEventKind::sqlite_slow_lock_wait)
    event.sqlite_wait = record.elapsed;
  if (kind == LogEventKind::liveness_warning)
    event.event_loop_delay = longest_stall(record.message);
  return event;
}

/// Records whose meaning is in a field beside the message.
std::optional<LogEventKind> kind_by_field(const LogRecord& record) {
  const std::string_view message = record.message;
  if (has_subsystem(record, "session-sqlite") &&
      has_level(record, RecordLevel::warn) &&
      message.starts_with(kSessionWriteFailed) &&
      record.error.starts_with(kDatabaseLocked))
    return LogEventKind::database_locked;
  if (record.source != LogSource::console_text && record.dropped &&
      message.find(kLogQueueOverflow) <= 11)
    return LogEventKind::log_suppressed;
  return {};
}

std::optional<LogEvent> classify(const LogRecord& record) {
  for (const auto& row : kLogEventRows)
    if (behind_evidence(record, row)) return to_event(record, row.kind);
  if (const auto kind = kind_by_field(record)) return to_event(record, *kind);
  if (auto decision = fallback_of(record)) {
    LogEvent event;
    event.kind.reset();
    event.time = record.time;
    event.fallback = std::move(decision);
    return event;
  }
  return classify_error(record);
}

/// A start that failed, but not because another gateway runs.
bool is_failed_start(const LogRecord& record,
                     const std::optional<LogEvent>& event) {
  if (!record.subsystem.empty() || !has_level(record, RecordLevel::error) ||
      !record.message.starts_with(kStartFailed))
    return false;
  if (event && event->kind == LogEventKind::gateway_already_running)
    return false;
  return std::ranges::none_of(kOwnedByAnother, [&](std::string_view words) {
    return record.message.find(words) != std::string::npos;
  });
}

}  // namespace

Witness lane_witness() {
  static const Witness witness = witness_of(kLaneSubsystem, kLaneStart);
  return witness;
}

std::optional<LogEvent> classify_log_record(const LogRecord& record) {
  auto event = classify(record);
  if (is_failed_start(record, event)) {
    if (!event)
      event = to_event(record, LogEventKind::gateway_start_failed);
    else
      event->second_kind = LogEventKind::gateway_start_failed;
  }
  if (const auto turn = turn_of(record)) {
    if (!event) {
      event.emplace();
      event->kind.reset();
      event->time = record.time;
    }
    event->turn = turn;
  }
  return event;
}

std::string_view to_string(TurnOutcome outcome) {
  return outcome == TurnOutcome::ok ? "ok" : "error";
}

std::string_view to_string(LogEventKind kind) {
  constexpr std::array<std::string_view, kLogEventKindCount> kNames{
      "lock_timeout",
      "lock_stale",
      "lock_removed_stale",
      "lock_force_released",
      "session_takeover",
      "file_lock_stale",
      "embedded_fallback",
      "all_models_failed",
      "gateway_already_running",
      "gateway_refused",
      "sqlite_lock_wait_failed",
      "sqlite_slow_lock_wait",
      "sqlite_slow_hold",
      "database_locked",
      "liveness_warning",
      "stuck_session",
      "log_suppressed",
      "gateway_start_failed",
      "session_conflict"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(TimeoutKind kind) {
  constexpr std::array<std::string_view, kTimeoutKindCount> kNames{
      "session", "session_store", "sandbox", "sqlite"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace openclaw_lock
