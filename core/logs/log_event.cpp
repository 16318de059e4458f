// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_event.h"

#include <algorithm>
#include <array>

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

TimeoutKind kind_of_path(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  if (name.starts_with("sessions.json")) return TimeoutKind::session_store;
  if (name == "containers.json.lock" || name == "browsers.json.lock")
    return TimeoutKind::sandbox;
  return TimeoutKind::session;
}

/// The first attempt's error of `All models failed (2): provider/model: text`.
std::string_view first_attempt(std::string_view error) {
  const auto count = error.find("): ");
  if (count == std::string_view::npos) return {};
  error.remove_prefix(count + 3);
  const auto model = error.find(": ");
  if (model == std::string_view::npos) return {};
  return without_error_classes(error.substr(model + 2));
}

/// `behind` follows `lane task error: lane=`.
std::optional<LockIncident> to_incident(std::string_view behind,
                                        LogEventKind kind,
                                        std::string_view error) {
  if (!behind.starts_with("session:")) return {};
  if (kind == LogEventKind::all_models_failed) error = first_attempt(error);
  const auto sentence = parse_lock_sentence(error);
  if (!sentence) return {};
  LockIncident incident;
  incident.lane = behind.substr(0, behind.find(" durationMs="));
  incident.kind = kind_of_path(sentence->path);
  incident.wait = sentence->wait;
  incident.lock_path = sentence->path;
  incident.pid = sentence->pid;
  incident.agent = agent_of_path(sentence->path);
  if (incident.agent.empty()) incident.agent = agent_of_lane(incident.lane);
  return incident;
}

std::optional<LogEvent> classify_error(const LogRecord& record) {
  for (const auto& carrier : kErrorCarrierRows) {
    const auto behind = behind_evidence(record, carrier);
    if (!behind) continue;
    const auto marker = behind->find(carrier.marker);
    if (marker == std::string_view::npos) return {};
    const auto error =
        without_error_classes(behind->substr(marker + carrier.marker.size()));
    const auto row =
        std::find_if(kErrorRows.begin(), kErrorRows.end(),
                     [&](const auto& r) { return error.starts_with(r.start); });
    if (row == kErrorRows.end()) return {};
    LogEvent event{row->kind, record.time, {}, {}};
    if (carrier.subsystem == "diagnostic")
      event.incident = to_incident(*behind, row->kind, error);
    return event;
  }
  return {};
}

LogEvent to_event(const LogRecord& record, LogEventKind kind) {
  LogEvent event{kind, record.time, {}, {}};
  if (kind == LogEventKind::sqlite_lock_wait_failed ||
      kind == LogEventKind::sqlite_slow_lock_wait)
    event.sqlite_wait = record.elapsed;
  if (kind == LogEventKind::sqlite_lock_wait_failed)
    event.incident = LockIncident{agent_of_path(record.database),
                                  TimeoutKind::sqlite,
                                  record.elapsed,
                                  {},
                                  record.database,
                                  {}};
  return event;
}

/// Records whose meaning is in a field beside the message.
std::optional<LogEventKind> kind_by_field(const LogRecord& record) {
  const std::string_view message = record.message;
  if (has_subsystem(record, "session-sqlite") &&
      has_level(record, RecordLevel::warn) &&
      message.starts_with(kSessionWriteFailed) &&
      record.error.starts_with("database is locked"))
    return LogEventKind::database_locked;
  if (record.source != LogSource::console_text && record.dropped &&
      message.find(kLogQueueOverflow) <= 11)
    return LogEventKind::log_suppressed;
  return {};
}

}  // namespace

std::optional<LogEvent> classify_log_record(const LogRecord& record) {
  for (const auto& row : kLogEventRows)
    if (behind_evidence(record, row)) return to_event(record, row.kind);
  if (const auto kind = kind_by_field(record)) return to_event(record, *kind);
  return classify_error(record);
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
      "log_suppressed"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(TimeoutKind kind) {
  constexpr std::array<std::string_view, 4> kNames{"session", "session_store",
                                                   "sandbox", "sqlite"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace openclaw_lock
