// SPDX-License-Identifier: Apache-2.0
#include "core/locks/wait_ledger.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestPause{20};
/// Between the first looks of one who waits.
constexpr milliseconds kFirstPauses{250};
/// Of 1.29 to 5.7, which is a second, on a busy machine.
constexpr milliseconds kLongestPause{1200};
constexpr int kPausesOfWait = 2;
/// Several who wait look between each other's looks; a loop without pause has
/// hardly any.
constexpr int kShorterPerPause = 3;
/// From the holder's own look to its DELETE.
constexpr milliseconds kRelease{20};

}  // namespace

milliseconds WaitLedger::longest_next(const Looks& looks) {
  if (!looks.is_wait && !looks.goes_on) return kFirstPauses;
  if (looks.goes_on && looks.pauses == 0) return kLongestPause;
  return std::clamp(2 * looks.longest_pause + milliseconds{100}, kFirstPauses,
                    kLongestPause);
}

void WaitLedger::add_look(Looks& looks, WallTime now, bool may_wait) {
  const auto pause = now - looks.last;
  if (pause > longest_next(looks)) {
    // Others look as seldom; it may be one who waits and was kept from looking.
    if (looks.is_wait)
      looks.last = now;
    else
      looks = {looks.series, now, now, now};
    looks.may_wait = may_wait;
    return;
  }
  looks.may_wait = may_wait;
  looks.last = now;
  if (pause < kShortestPause) {
    ++looks.shorter;
  } else {
    ++looks.pauses;
    looks.longest_pause = std::max(looks.longest_pause, pause);
  }
  if (looks.is_wait) looks.last_sign = now;
  if (looks.is_wait || !may_wait || looks.pauses < kPausesOfWait ||
      looks.shorter > kShorterPerPause * looks.pauses)
    return;
  looks.is_wait = true;
  looks.last_sign = now;
}

/// Too short for two pauses, but the lock was taken as soon as a third look
/// would have come.
bool WaitLedger::ends_as_wait(const Looks& looks, WallTime now) {
  return looks.may_wait && looks.pauses == kPausesOfWait - 1 &&
         looks.shorter <= kShorterPerPause && now - looks.last <= kFirstPauses;
}

void WaitLedger::acquire(const Looks& looks, WallTime now) {
  auto& totals = totals_[looks.series];
  const auto waited = std::max(milliseconds{}, now - looks.began);
  totals.acquired.observe(waited);
  totals.contended += waited;
}

void WaitLedger::give_up(const Looks& looks) {
  auto& totals = totals_[looks.series];
  const auto waited = std::max(milliseconds{}, looks.waited());
  totals.gave_up.observe(waited);
  totals.contended += waited;
}

void WaitLedger::created(const LockPlace& place, const LockSeries& series,
                         WallTime now) {
  const auto known = locks_.find(place);
  if (known == locks_.end()) return;
  auto& lock = known->second;
  end_silent(lock, now);
  lock.is_closed = false;
  lock.before_last.reset();
  if (!lock.looks || !(lock.looks->is_wait || ends_as_wait(*lock.looks, now))) {
    locks_.erase(known);
    return;
  }
  acquire(*lock.looks, now);
  Looks next{series, now, now, now};
  next.longest_pause = lock.looks->longest_pause;
  next.goes_on = true;
  lock.looks = next;
}

void WaitLedger::closed(const LockPlace& place) {
  const auto known = locks_.find(place);
  if (known == locks_.end()) {
    if (locks_.size() < max_locks_) locks_[place].is_closed = true;
    return;
  }
  known->second.is_closed = true;
}

void WaitLedger::deleted(const LockPlace& place, WallTime now) {
  const auto known = locks_.find(place);
  if (known == locks_.end()) return;
  auto& lock = known->second;
  lock.is_closed = false;
  if (lock.looks && !lock.looks->is_wait && now - lock.looks->last < kRelease)
    lock.looks = lock.before_last;
  lock.before_last.reset();
  if (!lock.looks) locks_.erase(known);
}

void WaitLedger::looked(const LockPlace& place, const LockSeries& series,
                        WallTime now, bool may_wait) {
  auto known = locks_.find(place);
  if (known == locks_.end()) {
    if (locks_.size() >= max_locks_) return;
    known = locks_.try_emplace(place).first;
  }
  auto& lock = known->second;
  end_silent(lock, now);
  if (std::exchange(lock.is_closed, false)) {
    if (!lock.looks) locks_.erase(known);
    return;
  }
  lock.before_last = lock.looks;
  if (lock.looks) {
    add_look(*lock.looks, now, may_wait);
  } else {
    lock.looks = Looks{series, now, now, now};
    lock.looks->may_wait = may_wait;
  }
}

void WaitLedger::forget(int directory) {
  std::erase_if(locks_, [this, directory](const auto& entry) {
    const auto& [place, lock] = entry;
    if (place.directory != directory) return false;
    if (lock.looks && lock.looks->is_wait) give_up(*lock.looks);
    return true;
  });
}

void WaitLedger::lost_events() {
  for (const auto& [place, lock] : locks_) {
    if (!lock.looks || !lock.looks->is_wait) continue;
    totals_[lock.looks->series].contended += lock.looks->waited();
    ++dropped_;
  }
  locks_.clear();
}

/// True where nothing of it is left to know.
bool WaitLedger::end_silent(Lock& lock, WallTime now) {
  if (!lock.looks || now - lock.looks->last_sign < kSilence) return false;
  if (lock.looks->is_wait) give_up(*lock.looks);
  lock.looks.reset();
  lock.before_last.reset();
  return !lock.is_closed;
}

void WaitLedger::settle(WallTime now) {
  for (auto lock = locks_.begin(); lock != locks_.end();)
    lock = end_silent(lock->second, now) ? locks_.erase(lock) : std::next(lock);
}

std::optional<WallTime> WaitLedger::next_deadline() const {
  std::optional<WallTime> earliest;
  for (const auto& [place, lock] : locks_) {
    if (!lock.looks) continue;
    const auto at = lock.looks->last_sign + kSilence;
    if (!earliest || at < *earliest) earliest = at;
  }
  return earliest;
}

std::map<LockSeries, WaitTotals> WaitLedger::totals() const {
  auto totals = totals_;
  for (const auto& [place, lock] : locks_)
    if (lock.looks && lock.looks->is_wait)
      totals[lock.looks->series].contended += lock.looks->waited();
  return totals;
}

std::map<LockSeries, std::uint64_t> WaitLedger::waited_for() const {
  std::map<LockSeries, std::uint64_t> counts;
  for (const auto& [series, totals] : totals_) counts[series];
  for (const auto& [place, lock] : locks_)
    if (lock.looks && lock.looks->is_wait) ++counts[lock.looks->series];
  return counts;
}

}  // namespace openclaw_lock
