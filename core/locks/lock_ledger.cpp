// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_ledger.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// A holder closes and unlinks within a millisecond; a killed one only closes.
constexpr milliseconds kCloseToDelete{20};
/// How long a deleted lock waits for its holder to close it. One that ends by
/// SIGTERM deletes its locks first.
constexpr milliseconds kSettle{1000};
constexpr milliseconds kSettleOpen{5000};

bool same_holder(const LockClaim& a, const LockClaim& b) {
  return a.pid == b.pid && a.start_ticks == b.start_ticks;
}

}  // namespace

LockLedger::Lock* LockLedger::find(const LockPlace& place) {
  const auto found = locks_.find(place);
  return found == locks_.end() ? nullptr : &found->second;
}

void LockLedger::touch(const LockPlace& place) {
  if (scanning_) touched_.insert(place);
}

void LockLedger::begin_scan() {
  scanning_ = true;
  touched_.clear();
}

void LockLedger::end_scan() {
  scanning_ = false;
  touched_.clear();
}

void LockLedger::end_hold(const LockSeries& series,
                          std::optional<WallTime> started_at,
                          WallTime ended_at) {
  if (started_at) totals_[series].holds.observe(ended_at - *started_at);
}

void LockLedger::release(const Unclosed& lock) {
  ++totals_[lock.series].released;
  end_hold(lock.series, lock.started_at, lock.deleted_at);
}

void LockLedger::steal(const Unclosed& lock) {
  ++totals_[lock.series].stolen;
  end_hold(lock.series, lock.started_at, lock.deleted_at);
}

void LockLedger::vanish(const Lock& lock, WallTime now) {
  if (lock.judged_gone) return;
  release({lock.series, lock.claim, lock.started_at, now});
}

void LockLedger::settle_predecessor(Lock& lock) {
  if (!lock.predecessor || !lock.claim) return;
  const auto& before = *lock.predecessor;
  if (before.claim && same_holder(*before.claim, *lock.claim))
    release(before);
  else
    steal(before);
  lock.predecessor.reset();
}

void LockLedger::created(const LockPlace& place, const LockSeries& series,
                         WallTime now) {
  touch(place);
  Lock* known = find(place);
  if (known && known->from_scan) {
    known->from_scan = false;
    if (!known->acquisition_seen) ++totals_[series].acquired;
    known->acquisition_seen = known->creation_seen = true;
    return;
  }
  ++totals_[series].acquired;
  if (known) {
    vanish(*known, now);
    *known = Lock{};
  } else if (locks_.size() < max_locks_) {
    known = &locks_[place];
  } else {
    return;
  }
  known->series = series;
  known->started_at = now;
  known->acquisition_seen = known->creation_seen = true;
  if (const auto before = unclosed_.extract(place))
    known->predecessor = before.mapped();
}

void LockLedger::moved_in(const LockPlace& place, const LockSeries& series,
                          WallTime now) {
  const Lock* const known = find(place);
  if (known && !known->from_scan) deleted(place, now);
  created(place, series, now);
}

void LockLedger::written(const LockPlace& place, const FileIdentity& identity,
                         const std::optional<LockClaim>& claim) {
  touch(place);
  Lock* lock = find(place);
  if (!lock) return;
  lock->identity = identity;
  if (!claim) return;
  lock->claim = claim;
  settle_predecessor(*lock);
}

void LockLedger::closed(const LockPlace& place, WallTime now) {
  touch(place);
  if (Lock* lock = find(place)) {
    // Judged before this event came.
    if (lock->abandoned && !lock->closed_at)
      end_hold(lock->series, lock->started_at, now);
    lock->closed_at = now;
    lock->judged_since_close = false;
  } else if (const auto before = unclosed_.extract(place)) {
    release(before.mapped());
  }
}

void LockLedger::deleted(const LockPlace& place, WallTime now) {
  touch(place);
  const auto node = locks_.extract(place);
  if (!node) return;
  const Lock& lock = node.mapped();
  if (lock.predecessor) steal(*lock.predecessor);
  const bool was_open =
      !lock.events_lost &&
      (lock.creation_seen ||
       (lock.judged_alive && lock.series.kind == LockKind::session));
  const Unclosed end{lock.series, lock.claim, lock.started_at, now, was_open};
  if (lock.judged_gone) return;
  if (lock.closed_at)
    release(end);
  else
    unclosed_.insert_or_assign(place, end);
}

bool LockLedger::is_another(const Lock& known, const ScannedLock& found) {
  if (!known.identity || *known.identity == found.identity) return false;
  // A lock that was read before it was written, or between two writes, has
  // another mtime after them.
  const bool same_file = known.identity->inode == found.identity.inode &&
                         found.claim &&
                         (!known.claim || known.claim == found.claim);
  return !same_file;
}

void LockLedger::add_scanned(const LockPlace& place, const std::string& agent,
                             const ScannedLock& found, bool preexisting) {
  const auto kind = lock_kind(found.name);
  if (!kind) return;
  const LockSeries series{agent, *kind};
  if (!preexisting) ++totals_[series].acquired;
  if (locks_.size() >= max_locks_) return;
  Lock& lock = locks_[place];
  lock.series = series;
  lock.identity = found.identity;
  lock.claim = found.claim;
  lock.started_at = found.claim && found.claim->created_at
                        ? *found.claim->created_at
                        : found.modified_at;
  lock.acquisition_seen = !preexisting;
  lock.from_scan = true;
}

void LockLedger::reconcile(int directory, const std::string& agent,
                           const std::vector<ScannedLock>& found,
                           bool preexisting, WallTime now) {
  std::set<std::string_view> present;
  for (const auto& scanned : found) {
    present.insert(scanned.name);
    const LockPlace place{directory, scanned.name};
    if (touched_.contains(place)) continue;
    Lock* known = find(place);
    if (known && is_another(*known, scanned)) {
      vanish(*known, std::min(now, scanned.modified_at));
      locks_.erase(place);
      known = nullptr;
    }
    if (!known) {
      add_scanned(place, agent, scanned, preexisting);
      continue;
    }
    known->from_scan = false;
    known->identity = scanned.identity;
    if (scanned.claim) known->claim = scanned.claim;
    settle_predecessor(*known);
  }
  auto lock = locks_.lower_bound(LockPlace{directory, {}});
  while (lock != locks_.end() && lock->first.directory == directory) {
    const bool gone =
        !present.contains(lock->first.name) && !touched_.contains(lock->first);
    if (gone) vanish(lock->second, now);
    lock = gone ? locks_.erase(lock) : std::next(lock);
  }
}

void LockLedger::forget(int directory) {
  const auto in_directory = [directory](const auto& entry) {
    return entry.first.directory == directory;
  };
  std::erase_if(locks_, in_directory);
  std::erase_if(unclosed_, in_directory);
}

void LockLedger::judged(const LockPlace& place, const HolderVerdict& verdict) {
  const Holder holder = verdict.holder;
  Lock* lock = find(place);
  if (!lock) return;
  lock->judged_since_close = true;
  if (holder == Holder::alive) {
    lock->judged_alive = true;
    lock->judged_nested = verdict.nested;
  }
  if (lock->judged_gone ||
      (holder != Holder::dead && holder != Holder::recycled))
    return;
  lock->judged_gone = true;
  if (!lock->acquisition_seen && !lock->judged_alive) return;
  lock->abandoned = true;
  ++totals_[lock->series].abandoned;
  if (lock->closed_at)
    end_hold(lock->series, lock->started_at, *lock->closed_at);
}

void LockLedger::end_judgement() {
  for (auto& [place, lock] : locks_)
    if (lock.closed_at) lock.judged_since_close = true;
}

bool LockLedger::seen_alive(const LockPlace& place,
                            const LockClaim& claim) const {
  const auto found = locks_.find(place);
  return found != locks_.end() && found->second.judged_alive &&
         found->second.claim == claim;
}

bool LockLedger::seen_nested(const LockPlace& place,
                             const LockClaim& claim) const {
  return seen_alive(place, claim) && locks_.at(place).judged_nested;
}

WallTime LockLedger::settled_at(const Unclosed& lock) {
  return lock.deleted_at + (lock.was_open ? kSettleOpen : kSettle);
}

void LockLedger::settle(WallTime now) {
  for (auto lock = unclosed_.begin(); lock != unclosed_.end();) {
    const bool over = now >= settled_at(lock->second);
    if (over && lock->second.was_open)
      steal(lock->second);
    else if (over)
      release(lock->second);
    lock = over ? unclosed_.erase(lock) : std::next(lock);
  }
}

void LockLedger::lost_events() {
  for (const auto& [place, lock] : unclosed_) release(lock);
  unclosed_.clear();
  for (auto& [place, lock] : locks_) lock.events_lost = true;
}

std::optional<WallTime> LockLedger::next_deadline() const {
  std::optional<WallTime> next;
  const auto consider = [&next](WallTime at) {
    next = next ? std::min(*next, at) : at;
  };
  for (const auto& [place, lock] : locks_)
    if (lock.awaits_judgement()) consider(*lock.closed_at + kCloseToDelete);
  for (const auto& [place, lock] : unclosed_) consider(settled_at(lock));
  return next;
}

bool LockLedger::wants_judgement(WallTime now) const {
  return std::any_of(locks_.begin(), locks_.end(), [now](const auto& entry) {
    const Lock& lock = entry.second;
    return lock.awaits_judgement() && now - *lock.closed_at >= kCloseToDelete;
  });
}

bool LockLedger::wants_claim(const LockPlace& place) const {
  const auto found = locks_.find(place);
  return found != locks_.end() && !found->second.claim;
}

}  // namespace openclaw_lock
