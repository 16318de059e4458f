// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/lock_task.h"

#include <algorithm>
#include <utility>

#include "exporter/system/clock.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// Rounds that events ask for take at most a fifth of a worker's time.
constexpr int kLockRestFactor = 4;
constexpr milliseconds kShortestLockRest{20};

}  // namespace

LockTask::LockTask(const std::string& gateway, const std::string& home,
                   LockReaderSettings settings,
                   std::shared_ptr<CensusSource> census,
                   std::shared_ptr<InotifyHub> hub, std::function<void()> wake,
                   SourceTiming timing)
    : SourceTask{"locks", gateway, home, timing},
      reader_{std::move(settings),
              census ? LockReader::Census{[] { return nullptr; }} : nullptr,
              wall_time_now, std::move(hub), wake},
      holder_problems_{"processes", gateway},
      census_{std::move(census)},
      wake_{std::move(wake)} {}

MonotonicTime LockTask::run(MonotonicTime now) {
  if (waiting_) {
    const auto table = census_->since(waiting_->ticket);
    if (!table && now < waiting_->patient_until) {
      asked_ = true;
      return waiting_->patient_until;
    }
    waiting_.reset();
    return judge(table.get());
  }
  const bool wanted = unfinished_ || reader_.wants_round(wall_time_now());
  const bool due =
      began_ == MonotonicTime{} || now >= began_ + timing_.interval;
  return due || (wanted && now >= earliest_) ? read(now) : follow(now);
}

MonotonicTime LockTask::read(MonotonicTime now) {
  began_ = now;
  asked_ = false;
  source_.begin_round();
  if (auto order = orders_.take())
    reader_.watch(std::move(order->session_dirs), std::move(order->named_dirs));
  if (!reader_.read() || !census_) return judge(nullptr);
  waiting_ = {census_->request(wake_), now + timing_.patience / 2};
  return waiting_->patient_until;
}

MonotonicTime LockTask::judge(const ProcessTable* table) {
  const auto result = reader_.judge(table);
  holder_problems_.tell(reader_.holder_problems());
  publish();
  finish(result);
  unfinished_ = met_shut_gate(result.problems);
  const auto now = monotonic_now();
  earliest_ = now + std::max<MonotonicTime::duration>(
                        kLockRestFactor * (now - began_), kShortestLockRest);
  return next_turn(now);
}

MonotonicTime LockTask::follow(MonotonicTime now) {
  reader_.follow();
  const auto latest = source_.latest();
  if (!latest || !(latest->totals == reader_.report().totals) ||
      latest->watch_lost != reader_.report().watch_lost)
    publish();
  return next_turn(now);
}

MonotonicTime LockTask::next_turn(MonotonicTime now) const {
  const auto latest = began_ + timing_.interval;
  const auto wall_now = wall_time_now();
  if (reader_.wants_round(wall_now) || (unfinished_ && asked_))
    return std::min(earliest_, latest);
  const auto deadline = reader_.next_deadline();
  if (!deadline) return latest;
  return std::min(latest, now + std::max<MonotonicTime::duration>(
                                    *deadline - wall_now, milliseconds{1}));
}

void LockTask::publish() {
  source_.put(std::make_shared<const LockFacts>(reader_.report()));
}

}  // namespace openclaw_lock
