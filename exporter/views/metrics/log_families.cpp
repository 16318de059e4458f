// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

/// Those of every gateway, and, at 0, those that an agent's first incident will
/// count in: Prometheus sees no increase in a series that begins with 1.
std::map<TimeoutSeries, std::uint64_t> timeouts_of(
    const GatewaySnapshot& gateway) {
  auto timeouts = gateway.logs->totals.timeouts;
  for (const auto kind : {TimeoutKind::session, TimeoutKind::session_store,
                          TimeoutKind::sandbox, TimeoutKind::sqlite})
    timeouts.try_emplace({"", kind}, 0);
  if (!gateway.locks) return timeouts;
  for (const auto& [series, totals] : gateway.locks->totals) {
    if (series.kind != LockKind::session) continue;
    timeouts.try_emplace({series.agent, TimeoutKind::session}, 0);
    timeouts.try_emplace({series.agent, TimeoutKind::session_store}, 0);
    timeouts.try_emplace({series.agent, TimeoutKind::sqlite}, 0);
  }
  return timeouts;
}

void add_incidents(const FleetSnapshot& report, MetricFamilies& families) {
  auto timeouts =
      counter("openclaw_lock_timeouts_total",
              "Runs that failed because a lock was not had in time, "
              "each once, however many lines it wrote.");
  auto last = gauge("openclaw_lock_timeout_last_timestamp_seconds",
                    "When the newest of them was.");
  auto waits = histogram("openclaw_lock_wait_seconds",
                         "Waits for locks that were long enough to be logged.");
  for (const auto& gateway : report.gateways) {
    if (!gateway.logs) continue;
    const auto& totals = gateway.logs->totals;
    for (const auto& [series, count] : timeouts_of(gateway))
      timeouts.add({{"gateway", gateway.name},
                    {"agent", series.agent},
                    {"kind", std::string{to_string(series.kind)}}},
                   static_cast<double>(count));
    if (totals.last_timeout_at)
      last.add({{"gateway", gateway.name}},
               to_seconds(totals.last_timeout_at->time_since_epoch()));
    for (const auto& [kind, histogram] : totals.waits)
      waits.add(
          {{"gateway", gateway.name}, {"kind", std::string{to_string(kind)}}},
          histogram);
  }
  families.push_back(timeouts.take());
  families.push_back(last.take());
  families.push_back(waits.take());
}

void add_events(const FleetSnapshot& report, MetricFamilies& families) {
  auto events = counter("openclaw_lock_log_events_total",
                        "Lines of the gateway's logs, by what they mean.");
  for (const auto& gateway : report.gateways) {
    if (!gateway.logs) continue;
    for (std::size_t i = 0; i < kLogEventKindCount; ++i)
      events.add(
          {{"gateway", gateway.name},
           {"event", std::string{to_string(static_cast<LogEventKind>(i))}}},
          static_cast<double>(gateway.logs->totals.events[i]));
  }
  families.push_back(events.take());
}

void add_reading(const FleetSnapshot& report, MetricFamilies& families) {
  auto lines = counter("openclaw_lock_log_lines_total",
                       "Log lines read: matched (an event), ignored, unparsed "
                       "(not of the log's format) or oversized (over 1 MiB).");
  auto bytes = counter("openclaw_lock_log_bytes_total", "Log bytes read.");
  auto unread = gauge("openclaw_lock_log_unread_bytes",
                      "Log bytes that are there and not read yet.");
  auto files = gauge("openclaw_lock_log_files", "Logs that are followed.");
  auto rotations = counter("openclaw_lock_log_rotations_total",
                           "Rotations and truncations of logs followed.");
  auto last_line = gauge("openclaw_lock_log_last_line_timestamp_seconds",
                         "Own time stamp of the newest log line.");
  for (const auto& gateway : report.gateways) {
    if (!gateway.logs) continue;
    const MetricLabels labels{{"gateway", gateway.name}};
    const auto& logs = *gateway.logs;
    for (std::size_t i = 0; i < kLineOutcomeCount; ++i) {
      const auto outcome = to_string(static_cast<LineOutcome>(i));
      lines.add(with(labels, "outcome", outcome),
                static_cast<double>(logs.totals.lines[i]));
    }
    bytes.add(labels, static_cast<double>(logs.totals.bytes));
    rotations.add(labels, static_cast<double>(logs.totals.rotations));
    if (logs.totals.last_line_at)
      last_line.add(labels,
                    to_seconds(logs.totals.last_line_at->time_since_epoch()));
    if (!current(gateway.logs, gateway.logs_health)) continue;
    unread.add(labels, static_cast<double>(logs.unread_bytes));
    files.add(labels, static_cast<double>(logs.files));
  }
  families.push_back(lines.take());
  families.push_back(bytes.take());
  families.push_back(unread.take());
  families.push_back(files.take());
  families.push_back(rotations.take());
  families.push_back(last_line.take());
}

}  // namespace

void add_log_families(const FleetSnapshot& report, MetricFamilies& families) {
  add_incidents(report, families);
  add_events(report, families);
  add_reading(report, families);
}

}  // namespace openclaw_lock
