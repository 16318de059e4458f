// SPDX-License-Identifier: Apache-2.0
#include "core/logs/incident_ledger.h"

#include <algorithm>
#include <utility>

#include "core/base/stable_hash.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;
using Told = ToldIncident;

std::uint64_t hash_of(std::string_view text) {
  if (text.empty()) return 0;
  StableHash hash;
  hash.add(text);
  return hash.value();
}

/// The hash by which 0.1.0 knew an incident.
std::uint64_t key_of_0_1_0(const LogEvent& event) {
  StableHash hash;
  const auto& incident = *event.incident;
  if (incident.kind == TimeoutKind::sqlite) {
    hash.add("sqlite_lock_wait_failed");
    return hash.value();
  }
  hash.add(to_string(*event.kind));
  hash.add(incident.lane);
  hash.add(incident.lock_path);
  hash.add(std::to_string(incident.wait ? incident.wait->count() : -1));
  hash.add(std::to_string(incident.pid.value_or(-1)));
  return hash.value();
}

/// Unknown, or the same.
template <typename Value>
bool agree(const Value& a, const Value& b) {
  return a == Value{} || b == Value{} || a == b;
}

milliseconds apart(WallTime a, WallTime b) { return std::chrono::abs(a - b); }

}  // namespace

/// A line, as what it says is compared.
struct IncidentLedger::Sighting {
  const LogEvent& event;
  TimeoutKind kind;
  std::uint64_t path;
  std::uint64_t lane;
  std::uint64_t witness;    ///< its sort in this log
  std::uint64_t elsewhere;  ///< its sort in the other log
  WallTime now;

  Sighting(const LogEvent& of, bool in_file_log, WallTime now_)
      : event{of},
        kind{of.incident->kind},
        path{hash_of(of.incident->lock_path)},
        lane{hash_of(of.incident->lane)},
        witness{2 * of.witness + (in_file_log ? 1 : 0)},
        elsewhere{2 * of.witness + (in_file_log ? 0 : 1)},
        now{now_} {}

  bool is_lane() const { return event.witness == lane_witness(); }

  /// Both name something that is the same; a database need not be named.
  bool is_about(const Told& told) const {
    const auto& incident = *event.incident;
    if (told.kind != kind || !agree(told.path, path) ||
        !agree(told.lane, lane) || !agree(told.wait, incident.wait) ||
        !agree(told.pid, incident.pid))
      return false;
    return kind == TimeoutKind::sqlite || (path != 0 && path == told.path) ||
           (lane != 0 && lane == told.lane);
  }

  /// Without times lines of one sort are matched in their order.
  std::optional<milliseconds> distance(const Told& told) const {
    const bool same_sort =
        std::ranges::find(told.witnesses, elsewhere) != told.witnesses.end();
    if (!event.time || !told.first_at) {
      if (same_sort) return milliseconds{0};
      const auto age = apart(now, told.noted_at);
      return age <= kSameIncident ? std::optional{age} : std::nullopt;
    }
    const auto nearest = std::min(apart(*event.time, *told.first_at),
                                  apart(*event.time, *told.last_at));
    // What sums up a run may come long after the attempt that it names.
    if (event.kind == LogEventKind::all_models_failed && !is_lane() &&
        *event.time >= *told.last_at && nearest <= kMaxRun)
      return nearest;
    return nearest <= (same_sort ? kMaxApart : kSameIncident)
               ? std::optional{nearest}
               : std::nullopt;
  }
};

IncidentLedger::IncidentLedger(State state) : state_{std::move(state)} {}

ToldIncident* IncidentLedger::find(const Sighting& sighting) {
  Told* best = nullptr;
  milliseconds nearest{};
  for (auto& told : state_.told) {
    if (told.witnesses.size() >= kMaxWitnesses || !sighting.is_about(told) ||
        std::ranges::find(told.witnesses, sighting.witness) !=
            told.witnesses.end())
      continue;
    const auto distance = sighting.distance(told);
    if (!distance || (best && *distance >= nearest)) continue;
    best = &told;
    nearest = *distance;
  }
  return best;
}

bool IncidentLedger::was_seen_before(const LogEvent& event, bool in_file_log) {
  const bool is_database = event.incident->kind == TimeoutKind::sqlite;
  const auto key = key_of_0_1_0(event);
  const auto found =
      std::ranges::find_if(state_.seen, [&](const SeenOnce& seen) {
        return seen.key == key &&
               (is_database || seen.in_file_log != in_file_log) &&
               (!seen.at || !event.time ||
                apart(*seen.at, *event.time) <= kMaxApart);
      });
  if (found == state_.seen.end()) return false;
  state_.seen.erase(found);
  return true;
}

ToldIncident* IncidentLedger::attempt_before(const Sighting& sighting) {
  const auto& event = sighting.event;
  if (!sighting.is_lane() || sighting.lane == 0 || !event.time) return nullptr;
  for (auto at = state_.told.rbegin(); at != state_.told.rend(); ++at) {
    auto& told = *at;
    if (told.lane != sighting.lane || told.kind != sighting.kind ||
        !told.last_at || *told.last_at > *event.time)
      continue;
    if (told.state == Told::State::retrying) return &told;
    if (!told.is_attempt || !event.attempt || !event.is_plain_error)
      return nullptr;
    const auto pause = *event.time - *event.attempt - *told.last_at;
    return pause >= kFirstPause && pause <= kLastPause ? &told : nullptr;
  }
  return nullptr;
}

void IncidentLedger::count(Told& told) {
  told.state = Told::State::counted;
  told.run_id.clear();
  if (!told.incident) return;
  certain_.push_back({*std::move(told.incident), told.last_at});
  told.incident.reset();
}

void IncidentLedger::take_line(const LogEvent& event, bool in_file_log,
                               WallTime now) {
  const Sighting sighting{event, in_file_log, now};
  if (auto* const told = find(sighting)) {
    told->witnesses.push_back(sighting.witness);
    if (event.time && told->last_at)
      told->last_at = std::max(*told->last_at, *event.time);
    if (told->path == 0) told->path = sighting.path;
    if (told->lane == 0) told->lane = sighting.lane;
    // Any other line says that nothing more is tried.
    if (!sighting.is_lane() && told->state != Told::State::counted)
      count(*told);
    return;
  }
  auto* const before = attempt_before(sighting);
  const bool is_known = was_seen_before(event, in_file_log);
  Told told;
  told.kind = sighting.kind;
  told.path = sighting.path;
  told.lane = sighting.lane;
  told.wait = event.incident->wait;
  told.pid = event.incident->pid;
  told.first_at = told.last_at = event.time;
  told.witnesses = {sighting.witness};
  told.noted_at = now;
  if (before) {
    // It stands for the run from now on.
    told.incident = std::exchange(before->incident, std::nullopt);
    told.run_id = std::exchange(before->run_id, {});
    told.is_attempt = before->is_attempt;
    before->state = Told::State::counted;
    before->is_attempt = false;
  } else if (!is_known) {
    told.incident = event.incident;
  }
  if (sighting.is_lane() && !is_known) {
    told.state = Told::State::undecided;
    told.is_attempt = true;
  }
  state_.told.push_back(std::move(told));
  if (state_.told.back().state == Told::State::counted)
    count(state_.told.back());
  forget_oldest();
}

/// Decisions follow in the order in which attempts failed.
ToldIncident* IncidentLedger::deciding(const FallbackDecision& decision,
                                       const std::optional<WallTime>& at) {
  const auto first = [&](auto fits) -> Told* {
    const auto found = std::ranges::find_if(state_.told, fits);
    return found == state_.told.end() ? nullptr : &*found;
  };
  if (!decision.run_id.empty())
    if (auto* const told = first([&](const Told& one) {
          return one.state != Told::State::counted &&
                 one.run_id == decision.run_id;
        }))
      return told;
  const auto path = hash_of(decision.lock_path);
  const auto has_just_failed = [&](const Told& one) {
    return one.state == Told::State::undecided && agree(one.path, path) &&
           agree(one.run_id, decision.run_id) &&
           (!at || !one.last_at || apart(*at, *one.last_at) <= kMaxSilence);
  };
  // Which lock it was must be sure: other attempts are that young, too.
  const auto failed_a_while_ago = [&](const Told& one) {
    return one.is_attempt && one.state != Told::State::retrying && path != 0 &&
           one.path == path && agree(one.run_id, decision.run_id) && at &&
           one.last_at && *at >= *one.last_at &&
           *at - *one.last_at <= kLateDecision;
  };
  if (decision.of_attempt && decision.step != FallbackStep::succeeded) {
    if (auto* const told = first(has_just_failed)) return told;
    if (auto* const told = first(failed_a_while_ago)) return told;
  }
  return first([&](const Told& one) {
    return one.state == Told::State::retrying && agree(one.path, path) &&
           agree(one.run_id, decision.run_id);
  });
}

/// The answer to a client ends the run of an attempt that has just failed.
void IncidentLedger::take_answer(const std::optional<WallTime>& at) {
  for (auto& told : state_.told)
    if (told.is_attempt && at && told.last_at && *at >= *told.last_at &&
        *at - *told.last_at <= kMaxSilence) {
      told.is_attempt = false;
      if (told.state == Told::State::undecided) count(told);
    }
}

void IncidentLedger::take_decision(const FallbackDecision& decision,
                                   const std::optional<WallTime>& at,
                                   WallTime now) {
  auto* const told = deciding(decision, at);
  if (!told) return;
  told->is_attempt = false;
  switch (decision.step) {
    case FallbackStep::next:
      told->state = Told::State::retrying;
      if (!decision.run_id.empty()) told->run_id = decision.run_id;
      told->noted_at = now;
      return;
    case FallbackStep::given_up:
      return count(*told);
    case FallbackStep::succeeded:
      told->state = Told::State::counted;
      told->run_id.clear();
      told->incident.reset();
      return;
  }
}

void IncidentLedger::forget_oldest() {
  while (state_.told.size() > kRemembered) {
    count(state_.told.front());
    state_.told.pop_front();
  }
}

std::vector<IncidentLedger::Failure> IncidentLedger::add(const LogEvent& event,
                                                         bool in_file_log,
                                                         WallTime now) {
  if (event.incident) take_line(event, in_file_log, now);
  if (event.fallback) take_decision(*event.fallback, event.time, now);
  if (event.turn == TurnOutcome::error) take_answer(event.time);
  return std::exchange(certain_, {});
}

std::vector<IncidentLedger::Failure> IncidentLedger::settle(WallTime now,
                                                            bool behind) {
  const auto silence = behind ? kMaxSilenceBehind : kMaxSilence;
  for (auto& told : state_.told) {
    const auto age = now - told.noted_at;
    // A clock that was set back must not keep it; a line may have been read a
    // moment after the round's own time.
    const bool is_over =
        age < -kMaxSilenceBehind ||
        (told.state == Told::State::undecided && age >= silence) ||
        (told.state == Told::State::retrying && age >= kMaxRun);
    if (told.state != Told::State::counted && is_over) count(told);
  }
  return std::exchange(certain_, {});
}

bool IncidentLedger::waits() const {
  return std::ranges::any_of(state_.told, [](const Told& told) {
    return told.state == Told::State::undecided;
  });
}

}  // namespace openclaw_lock
