// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_ledger.h"

#include <algorithm>
#include <string_view>

#include "core/base/stable_hash.h"

namespace openclaw_lock {
namespace {

std::uint64_t key_of(const LogEvent& event) {
  StableHash hash;
  hash.add(to_string(event.kind));
  // Up to 2026.9.1 the console says nothing more of a SQLite wait.
  if (event.incident && event.incident->kind != TimeoutKind::sqlite) {
    const auto& incident = *event.incident;
    hash.add(incident.lane);
    hash.add(incident.lock_path);
    hash.add(std::to_string(incident.wait ? incident.wait->count() : -1));
    hash.add(std::to_string(incident.pid.value_or(-1)));
  }
  return hash.value();
}

bool are_close(const std::optional<WallTime>& a,
               const std::optional<WallTime>& b) {
  return !a || !b || std::chrono::abs(*a - *b) <= LogLedger::kMaxApart;
}

}  // namespace

bool LogLedger::is_second_sight(const LogEvent& event, LogSource source) {
  const SeenOnce sight{key_of(event), source == LogSource::file_log,
                       event.time};
  auto& seen = state_.seen;
  const auto first =
      std::find_if(seen.begin(), seen.end(), [&](const SeenOnce& other) {
        return other.key == sight.key &&
               other.in_file_log != sight.in_file_log &&
               are_close(other.at, sight.at);
      });
  if (first != seen.end()) {
    seen.erase(first);
    return true;
  }
  seen.push_back(sight);
  if (seen.size() > kRemembered) seen.pop_front();
  return false;
}

void LogLedger::keep(const LockIncident& incident, WallTime at) {
  auto& kept = state_.kept;
  const bool was_quiet = !kept.newest || at - kept.newest->at >= kQuiet;
  if (was_quiet) kept.first = KeptIncident{at, incident};
  if (!kept.newest || at >= kept.newest->at)
    kept.newest = KeptIncident{at, incident};
}

void LogLedger::add(const LogEvent& event, LogSource source, WallTime now) {
  auto& totals = state_.totals;
  ++totals.events[static_cast<std::size_t>(event.kind)];
  if (!event.incident && !event.sqlite_wait) return;
  if (is_second_sight(event, source)) return;
  if (!event.incident) {
    totals.waits[TimeoutKind::sqlite].observe(*event.sqlite_wait);
    return;
  }
  const auto& incident = *event.incident;
  const bool is_dated = event.time && *event.time <= now + kMaxAhead;
  const auto at = is_dated ? *event.time : now;
  ++totals.timeouts[{state_.agents.label(incident.agent), incident.kind}];
  if (incident.wait) totals.waits[incident.kind].observe(*incident.wait);
  totals.last_timeout_at = std::max(totals.last_timeout_at.value_or(at), at);
  keep(incident, at);
}

void LogLedger::count_lines(const LineCounts& counts) {
  for (std::size_t i = 0; i < kLineOutcomeCount; ++i)
    state_.totals.lines[i] += counts[i];
}

void LogLedger::note_line_at(WallTime at) {
  auto& last = state_.totals.last_line_at;
  last = std::max(last.value_or(at), at);
}

}  // namespace openclaw_lock
