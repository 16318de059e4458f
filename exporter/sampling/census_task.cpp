// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/census_task.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "exporter/system/clock.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

/// Of ten parts of time, one is spent on walking, unless those who ask would
/// lose patience.
constexpr int kRestFactor = 9;
constexpr int kPatienceParts = 4;

}  // namespace

CensusSource::Ticket CensusSource::request(std::function<void()> done) {
  std::unique_lock lock{mutex_};
  asked_.push_back(std::move(done));
  const auto ticket = begun_ + 1;
  const auto wake = wake_;
  lock.unlock();
  wake();
  return ticket;
}

std::shared_ptr<const ProcessTable> CensusSource::since(Ticket ticket) const {
  const std::lock_guard guard{mutex_};
  if (finished_ < ticket || !source_.health().up) return nullptr;
  return source_.latest();
}

void CensusSource::set_waker(std::function<void()> wake) {
  const std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
}

bool CensusSource::is_asked() const {
  const std::lock_guard guard{mutex_};
  return !asked_.empty();
}

bool CensusSource::is_awaited() const {
  const std::lock_guard guard{mutex_};
  return !served_.empty();
}

std::uint64_t CensusSource::begin() {
  const std::lock_guard guard{mutex_};
  source_.begin_round();
  served_.insert(served_.end(), std::make_move_iterator(asked_.begin()),
                 std::make_move_iterator(asked_.end()));
  asked_.clear();
  return ++begun_;
}

void CensusSource::finish(std::uint64_t walk,
                          std::shared_ptr<const ProcessTable> table,
                          const RoundResult& result) {
  std::vector<std::function<void()>> served;
  {
    const std::lock_guard guard{mutex_};
    if (walk != begun_) return;
    if (result.success) source_.put(std::move(table));
    source_.finish_round(result);
    finished_ = walk;
    served = std::exchange(served_, {});
  }
  for (const auto& done : served) done();
}

std::shared_ptr<const ProcessFacts> CensusSource::facts() const {
  const std::lock_guard guard{mutex_};
  return facts_;
}

void CensusSource::put(std::uint64_t walk,
                       std::shared_ptr<const ProcessFacts> facts) {
  const std::lock_guard guard{mutex_};
  if (walk == begun_) facts_ = std::move(facts);
}

CensusTask::CensusTask(CensusSettings settings, Gate gate,
                       std::shared_ptr<CensusSource> source,
                       std::set<int> avoided_pids)
    : settings_{std::move(settings)},
      gate_{std::move(gate)},
      source_{std::move(source)},
      avoided_pids_{std::move(avoided_pids)},
      reader_{settings_.procfs},
      census_{settings_} {
  for (const int pid : avoided_pids_) census_.avoid(pid);
}

std::shared_ptr<Task> CensusTask::successor() const {
  auto avoided = avoided_pids_;
  if (const int pid = census_.looking_at(); pid != 0) avoided.insert(pid);
  return std::make_shared<CensusTask>(settings_, gate_, source_,
                                      std::move(avoided));
}

MonotonicTime CensusTask::run(MonotonicTime now) {
  const auto& timing = source_->timing;
  if (began_ && now < *began_ + timing.interval && !source_->is_asked() &&
      !unfinished_)
    return *began_ + timing.interval;
  if (now < earliest_) return earliest_;
  began_ = now;
  walk(now);
  const auto ended = monotonic_now();
  earliest_ = ended + std::min<MonotonicTime::duration>(
                          kRestFactor * (ended - now),
                          timing.patience / kPatienceParts);
  return source_->is_asked() ? earliest_ : now + timing.interval;
}

void CensusTask::walk(MonotonicTime now) {
  // Who asks judges the holder of a lock, and not by a count that somebody may
  // have made up (lxcfs).
  const auto number = source_->begin();
  auto table = std::make_shared<ProcessTable>();
  const auto result =
      reader_.read(*table, wall_time_now(), !source_->is_awaited());
  problems_.tell(result.problems);
  if (result.success) {
    const auto looked = census_.round(table, now, gate_);
    unfinished_ = met_shut_gate(looked.problems);
    look_problems_.tell(looked.problems);
    reader_.follow(census_.openclaw_pids());
    source_->put(number, census_.facts());
  }
  source_->finish(number, std::move(table), result);
}

}  // namespace openclaw_lock
