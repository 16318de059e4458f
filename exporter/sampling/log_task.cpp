// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_task.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "exporter/system/clock.h"
#include "exporter/system/log.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// Between rounds that input asks for.
constexpr milliseconds kShortestLogRest{20};
constexpr milliseconds kStoragePatience{2000};
constexpr milliseconds kFirstPatience{1500};
constexpr milliseconds kSoon{100};

std::optional<LogCheckpoint> load(LogStorage& storage,
                                  const std::string& gateway) {
  auto loaded = storage.load(gateway);
  if (loaded) return *std::move(loaded);
  log::warn("cannot go on from the stored log positions; starting at the end",
            {{"gateway", gateway},
             {"file", loaded.problem().where},
             {"reason", loaded.problem().detail}});
  return {};
}

/// The log may be rotated away before anybody looks for its beginning.
void tell_first(const std::string& gateway, const KeptIncident& first) {
  const auto& incident = first.incident;
  log::warn("lock timeouts have begun",
            {{"gateway", gateway},
             {"agent", to_label_text(incident.agent)},
             {"kind", std::string{to_string(incident.kind)}},
             {"at", to_iso8601(first.at)},
             {"wait_ms",
              incident.wait ? std::to_string(incident.wait->count()) : ""}});
}

}  // namespace

LogTask::LogTask(const WatchedGateway& gateway,
                 std::shared_ptr<LogStorage> storage,
                 std::shared_ptr<PatternListers> listers,
                 std::shared_ptr<SharedPlaces> places,
                 std::shared_ptr<ForeignEvents> foreign, Gate gate,
                 std::function<void()> wake,
                 std::function<bool(int)> wake_when_readable,
                 SourceTiming timing)
    : SourceTask{"logs", gateway.name, {}, timing},
      gateway_{gateway.name},
      storage_{std::move(storage)},
      listers_{std::move(listers)},
      places_{std::move(places)},
      foreign_{std::move(foreign)},
      gate_{std::move(gate)},
      wake_{std::move(wake)},
      wake_when_readable_{std::move(wake_when_readable)} {
  orders_.put(gateway);
}

void LogTask::begin() {
  if (reader_) return;
  reader_.emplace(gateway_, load(*storage_, gateway_), listers_);
  auto facts = reader_->report();
  first_told_ = facts.kept.first;
  // The first round may take long, or hang; counters go on meanwhile.
  source_.put(std::make_shared<const LogFacts>(std::move(facts)));
}

MonotonicTime LogTask::run(MonotonicTime now) {
  begin();
  if (waiting_) {
    if (settle(now)) return next_turn(now);
    asked_ = true;
    return waiting_->patient_until;
  }
  if (now < earliest_) return earliest_;
  return round(now);
}

MonotonicTime LogTask::round(MonotonicTime now) {
  began_ = now;
  asked_ = false;
  source_.begin_round();
  if (const auto gateway = orders_.take()) reader_->watch(*gateway);
  auto result = reader_->round(gate_, places_->get(), foreign_.get());
  unfinished_ = met_shut_gate(result.problems);
  // A sample that is taken once has all that was written until now.
  if (!stored_ && !source_.health().settled && reader_->waits() &&
      monotonic_now() - first_at_.value_or(now) < kFirstPatience) {
    first_at_ = first_at_.value_or(now);
    return monotonic_now() + kSoon;
  }
  auto facts = reader_->report();
  const auto ended = monotonic_now();
  earliest_ = ended + kShortestLogRest;
  if (stored_ && facts == *stored_) {
    publish(result, stored_);
    return next_turn(ended);
  }
  store(std::move(result), std::make_shared<const LogFacts>(std::move(facts)),
        ended);
  return settle(ended) ? next_turn(ended) : waiting_->patient_until;
}

void LogTask::store(RoundResult result, std::shared_ptr<const LogFacts> facts,
                    MonotonicTime now) {
  auto commit = std::make_shared<Commit>();
  waiting_ = {commit, std::move(result), std::move(facts),
              now + kStoragePatience};
  storage_->store(reader_->checkpoint(),
                  [commit, wake = wake_](std::optional<Problem> problem) {
                    const std::lock_guard guard{commit->mutex};
                    commit->ended = true;
                    commit->problem = std::move(problem);
                    if (commit->awaited) wake();
                  });
}

bool LogTask::settle(MonotonicTime now) {
  auto& waiting = *waiting_;
  std::optional<Problem> problem;
  {
    const std::lock_guard guard{waiting.commit->mutex};
    if (!waiting.commit->ended && now < waiting.patient_until) {
      waiting.commit->awaited = true;
      return false;
    }
    problem = waiting.commit->ended
                  ? waiting.commit->problem
                  : Problem{Fault::timeout, "storage.path",
                            "log positions are not on disk yet"};
  }
  if (problem) {
    stored_.reset();
    waiting.result.problems.push_back(*std::move(problem));
    waiting.result.success = false;
  } else {
    stored_ = waiting.facts;
  }
  publish(waiting.result, std::move(waiting.facts));
  waiting_.reset();
  return true;
}

void LogTask::publish(const RoundResult& result,
                      std::shared_ptr<const LogFacts> facts) {
  if (facts->kept.first && facts->kept.first != first_told_) {
    first_told_ = facts->kept.first;
    tell_first(gateway_, *first_told_);
  }
  source_.put(std::move(facts));
  finish(result);
}

MonotonicTime LogTask::next_turn(MonotonicTime now) const {
  if (reader_->wants_round() || (unfinished_ && asked_)) return earliest_;
  bool always_readable = false;
  for (const int descriptor : reader_->descriptors())
    always_readable = !wake_when_readable_(descriptor) || always_readable;
  const auto due = reader_->waits() ? now + IncidentLedger::kMaxSilence
                                    : began_ + timing_.interval;
  return std::max(earliest_, always_readable ? now : due);
}

}  // namespace openclaw_lock
