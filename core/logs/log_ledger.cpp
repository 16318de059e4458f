// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_ledger.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace openclaw_lock {

std::string_view to_string(TwoLogThing thing) {
  constexpr std::array<std::string_view, kTwoLogThingCount> kNames{
      "failed_wait", "slow_wait", "stall", "turn_ok", "turn_error"};
  return kNames[static_cast<std::size_t>(thing)];
}

LogLedger::LogLedger(State state) : state_{std::move(state)} {
  for (const auto& seen : state_.seen) ++waiting(seen.thing, seen.in_file_log);
}

std::size_t& LogLedger::waiting(TwoLogThing thing, bool in_file_log) {
  return waiting_[static_cast<std::size_t>(thing)][in_file_log ? 1 : 0];
}

bool LogLedger::is_second_sight(TwoLogThing thing, const LogEvent& event,
                                bool in_file_log) {
  const SeenInOneLog sight{thing, in_file_log, event.time};
  auto& seen = state_.seen;
  auto& in_other = waiting(thing, !in_file_log);
  // Most gateways have one log.
  const auto first =
      in_other == 0
          ? seen.end()
          : std::find_if(
                seen.begin(), seen.end(), [&](const SeenInOneLog& other) {
                  return other.thing == thing &&
                         other.in_file_log != sight.in_file_log &&
                         (!other.at || !sight.at ||
                          std::chrono::abs(*other.at - *sight.at) <= kMaxApart);
                });
  if (first != seen.end()) {
    --in_other;
    seen.erase(first);
    return true;
  }
  seen.push_back(sight);
  ++waiting(thing, in_file_log);
  if (seen.size() > kRemembered) {
    --waiting(seen.front().thing, seen.front().in_file_log);
    seen.pop_front();
  }
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
  const bool in_file_log = source == LogSource::file_log;
  for (const auto& kind : {event.kind, event.second_kind})
    if (kind) ++totals.events[static_cast<std::size_t>(*kind)];
  const auto is_first_sight = [&](TwoLogThing thing) {
    return !is_second_sight(thing, event, in_file_log);
  };
  if (event.turn) {
    const bool ok = *event.turn == TurnOutcome::ok;
    if (is_first_sight(ok ? TwoLogThing::turn_ok : TwoLogThing::turn_error)) {
      if (!totals.turns) totals.turns.emplace();
      ++(*totals.turns)[static_cast<std::size_t>(*event.turn)];
    }
  }
  if (event.event_loop_delay && is_first_sight(TwoLogThing::stall))
    totals.stalls[*event.kind].observe(*event.event_loop_delay);
  if (event.sqlite_wait) {
    const bool failed = event.kind == LogEventKind::sqlite_lock_wait_failed;
    if (is_first_sight(failed ? TwoLogThing::failed_wait
                              : TwoLogThing::slow_wait))
      totals.waits[TimeoutKind::sqlite].observe(*event.sqlite_wait);
  }
  count(state_.incidents.add(event, in_file_log, now), now);
}

void LogLedger::settle(WallTime now, bool behind) {
  count(state_.incidents.settle(now, behind), now);
}

void LogLedger::count(const std::vector<IncidentLedger::Failure>& failures,
                      WallTime now) {
  auto& totals = state_.totals;
  for (const auto& [incident, time] : failures) {
    const bool is_dated = time && *time <= now + kMaxAhead;
    const auto at = is_dated ? *time : now;
    ++totals.timeouts[{state_.agents.label(incident.agent), incident.kind}];
    // Waits for databases are counted by lines of their own.
    if (incident.wait && incident.kind != TimeoutKind::sqlite)
      totals.waits[incident.kind].observe(*incident.wait);
    totals.last_timeout_at = std::max(totals.last_timeout_at.value_or(at), at);
    keep(incident, at);
  }
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
