// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/census_task.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "exporter/system/clock.h"

namespace openclaw_lock {
namespace {

/// Of ten parts of time, one is spent on walking, unless those who ask would
/// lose patience.
constexpr int kRestFactor = 9;
constexpr int kPatienceParts = 4;

}  // namespace

Census::Ticket Census::request(std::function<void()> done) {
  std::unique_lock lock{mutex_};
  asked_.push_back(std::move(done));
  const auto ticket = begun_ + 1;
  const auto wake = wake_;
  lock.unlock();
  wake();
  return ticket;
}

std::shared_ptr<const ProcessTable> Census::since(Ticket ticket) const {
  const std::lock_guard guard{mutex_};
  if (finished_ < ticket || !source_.health().up) return nullptr;
  return source_.latest();
}

void Census::set_waker(std::function<void()> wake) {
  const std::lock_guard guard{mutex_};
  wake_ = std::move(wake);
}

bool Census::is_asked() const {
  const std::lock_guard guard{mutex_};
  return !asked_.empty();
}

std::uint64_t Census::begin() {
  const std::lock_guard guard{mutex_};
  source_.begin_round();
  served_.insert(served_.end(), std::make_move_iterator(asked_.begin()),
                 std::make_move_iterator(asked_.end()));
  asked_.clear();
  return ++begun_;
}

void Census::finish(std::uint64_t walk,
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

CensusTask::CensusTask(std::filesystem::path procfs,
                       std::shared_ptr<Census> census)
    : procfs_{std::move(procfs)},
      census_{std::move(census)},
      reader_{procfs_} {}

std::shared_ptr<Task> CensusTask::successor() const {
  return std::make_shared<CensusTask>(procfs_, census_);
}

MonotonicTime CensusTask::run(MonotonicTime now) {
  const auto& timing = census_->timing;
  if (began_ && now < *began_ + timing.interval && !census_->is_asked())
    return *began_ + timing.interval;
  if (now < earliest_) return earliest_;
  began_ = now;
  walk();
  const auto ended = monotonic_now();
  earliest_ = ended + std::min<MonotonicTime::duration>(
                          kRestFactor * (ended - now),
                          timing.patience / kPatienceParts);
  return census_->is_asked() ? earliest_ : now + timing.interval;
}

void CensusTask::walk() {
  const auto number = census_->begin();
  auto table = std::make_shared<ProcessTable>();
  const auto result = reader_.read(*table, wall_time_now());
  problems_.tell(result.problems);
  census_->finish(number, std::move(table), result);
}

}  // namespace openclaw_lock
