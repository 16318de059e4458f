// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

void add_timeouts(const GatewayView& gateway, ExpositionWriter& out) {
  for (const auto& [series, count] : gateway.verdicts->timeouts)
    out.add({{"agent", series.agent},
             gateway.label(),
             {"kind", to_string(series.kind)}},
            count);
}

void add_last_timeout(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto* const logs = gateway.latest<LogFacts>();
      logs && logs->totals.last_timeout_at)
    out.add({gateway.label()},
            to_seconds(logs->totals.last_timeout_at->time_since_epoch()));
}

void add_waits(const GatewayView& gateway, ExpositionWriter& out) {
  const auto* const logs = gateway.latest<LogFacts>();
  if (!logs) return;
  for (const auto& [kind, waits] : logs->totals.waits)
    if (waits.count() > 0)
      out.add({gateway.label(), {"kind", to_string(kind)}}, waits);
}

void add_events(const GatewayView& gateway, ExpositionWriter& out) {
  const auto* const logs = gateway.latest<LogFacts>();
  if (!logs) return;
  const auto& totals = logs->totals;
  for (std::size_t i = 0; i < kLogEventKindCount; ++i)
    out.add(
        {{"event", to_string(static_cast<LogEventKind>(i))}, gateway.label()},
        totals.events[i]);
}

void add_lines(const GatewayView& gateway, ExpositionWriter& out) {
  const auto* const logs = gateway.latest<LogFacts>();
  if (!logs) return;
  for (std::size_t i = 0; i < kLineOutcomeCount; ++i) {
    const auto outcome = static_cast<LineOutcome>(i);
    const auto count = logs->totals.lines[i];
    if (count > 0 || outcome != LineOutcome::oversized)
      out.add({gateway.label(), {"outcome", to_string(outcome)}}, count);
  }
}

void add_log_bytes(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto* const logs = gateway.latest<LogFacts>())
    out.add({gateway.label()}, logs->totals.bytes);
}

void add_rotations(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto* const logs = gateway.latest<LogFacts>();
      logs && logs->totals.rotations > 0)
    out.add({gateway.label()}, logs->totals.rotations);
}

void add_last_line(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto* const logs = gateway.latest<LogFacts>();
      logs && logs->totals.last_line_at)
    out.add({gateway.label()},
            to_seconds(logs->totals.last_line_at->time_since_epoch()));
}

void add_unread(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& logs = gateway.verdicts->logs)
    out.add({gateway.label()}, logs->unread_bytes);
}

void add_log_files(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& logs = gateway.verdicts->logs)
    out.add({gateway.label()}, logs->files);
}

void add_turns(const GatewayView& gateway, ExpositionWriter& out) {
  const auto logs = gateway.latest<LogFacts>();
  if (!logs || !logs->totals.turns) return;
  for (const auto outcome : {TurnOutcome::error, TurnOutcome::ok})
    out.add({gateway.label(), {"outcome", to_string(outcome)}},
            (*logs->totals.turns)[static_cast<std::size_t>(outcome)]);
}

void add_stalls(const GatewayView& gateway, ExpositionWriter& out) {
  const auto logs = gateway.latest<LogFacts>();
  if (!logs) return;
  const auto& stalls = logs->totals.stalls;
  if (const auto found = stalls.find(LogEventKind::liveness_warning);
      found != stalls.end())
    out.add({gateway.label()}, found->second);
}

constexpr Metric kLogMetrics[] = {
    {counter(
         "openclaw_lock_timeouts_total",
         "Runs, and messages that never became one, that failed because a "
         "lock was not had in time, each once, however many lines it wrote."),
     add_timeouts},
    {counter("openclaw_lock_turns_total",
             "Turns of gateway clients, as far as answers are logged: accepted "
             "late (ok), or failed (error)."),
     add_turns},
    {histogram("openclaw_lock_event_loop_delay_seconds",
               "Longest stall of the gateway's event loop that a liveness "
               "warning names."),
     add_stalls},
    {gauge("openclaw_lock_timeout_last_timestamp_seconds",
           "When the newest of them was."),
     add_last_timeout},
    {histogram("openclaw_lock_wait_seconds",
               "Waits for locks that were long enough to be logged."),
     add_waits},
    {counter("openclaw_lock_log_events_total",
             "Lines of the gateway's logs, by what they mean."),
     add_events},
    {counter("openclaw_lock_log_lines_total",
             "Log lines read: matched (an event), ignored, unparsed "
             "(not of the log's format) or oversized (over 1 MiB)."),
     add_lines},
    {counter("openclaw_lock_log_bytes_total", "Log bytes read."),
     add_log_bytes},
    {gauge("openclaw_lock_log_unread_bytes",
           "Log bytes that are there and not read yet."),
     add_unread},
    {gauge("openclaw_lock_log_files", "Logs that are followed."),
     add_log_files},
    {counter("openclaw_lock_log_rotations_total",
             "Rotations and truncations of logs followed."),
     add_rotations},
    {gauge("openclaw_lock_log_last_line_timestamp_seconds",
           "Own time stamp of the newest log line."),
     add_last_line},
};

}  // namespace

Metrics log_metrics() { return kLogMetrics; }

}  // namespace openclaw_lock
