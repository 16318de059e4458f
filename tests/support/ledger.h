// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/locks/lock_ledger.h"

namespace openclaw_lock {

inline const LockSeries kSessions{"main", LockKind::session};
inline const LockPlace kPlace{1, "a.jsonl.lock"};

/// Ms after the start of a test.
constexpr WallTime at(std::int64_t milliseconds) {
  return WallTime{std::chrono::milliseconds{1795216202000 + milliseconds}};
}

inline LockClaim claim_of(int pid, std::uint64_t start_ticks = 118885) {
  LockClaim claim;
  claim.pid = pid;
  claim.start_ticks = start_ticks;
  return claim;
}

inline ScannedLock scanned(std::uint64_t inode, std::int64_t modified_ms,
                           std::optional<LockClaim> claim = claim_of(7),
                           std::string name = kPlace.name) {
  return {std::move(name),
          {inode, modified_ms * 1'000'000},
          at(modified_ms),
          std::move(claim)};
}

/// A ledger and short words for what happens at kPlace.
struct Ledger : LockLedger {
  using LockLedger::LockLedger;

  void take(std::int64_t ms, int pid, const LockPlace& place = kPlace) {
    created(place, kSessions, at(ms));
    written(place, {static_cast<std::uint64_t>(ms), ms * 1'000'000},
            claim_of(pid));
  }
  void close(std::int64_t ms, const LockPlace& place = kPlace) {
    closed(place, at(ms));
  }
  void remove(std::int64_t ms, const LockPlace& place = kPlace) {
    deleted(place, at(ms));
  }
  void scan(const std::vector<ScannedLock>& found, std::int64_t ms,
            bool preexisting = false) {
    begin_scan();
    reconcile(kPlace.directory, kSessions.agent, found, preexisting, at(ms));
    end_scan();
  }
  void judge(Holder holder, const LockPlace& place = kPlace) {
    judged(place, {holder});
    end_judgement();
  }

  LockTotals of(const LockSeries& series = kSessions) const {
    const auto found = totals().find(series);
    return found == totals().end() ? LockTotals{} : found->second;
  }
  /// acquired, released, abandoned, stolen, finished holds
  std::string counts(const LockSeries& series = kSessions) const {
    const auto totals = of(series);
    return std::to_string(totals.acquired) + ' ' +
           std::to_string(totals.released) + ' ' +
           std::to_string(totals.abandoned) + ' ' +
           std::to_string(totals.stolen) + ' ' +
           std::to_string(totals.holds.count());
  }
};

}  // namespace openclaw_lock
