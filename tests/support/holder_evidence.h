// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/locks/holder.h"

namespace openclaw_lock {

inline constexpr int kPid = 30442;
inline constexpr std::uint64_t kStart = 138958;
inline constexpr WallTime kBoot{std::chrono::seconds{1795214918}};
/// The process took the lock 60 s after it had started.
inline constexpr WallTime kStarted = kBoot + std::chrono::milliseconds{1389580};
inline constexpr WallTime kAcquired = kStarted + std::chrono::seconds{60};
/// Start ticks of a process that is 10 s younger than the lock.
inline constexpr std::uint64_t kAfterLock = kStart + 7000;
inline constexpr WallTime kWalked = kAcquired + std::chrono::seconds{30};

/// A lock since 2026.3.2.
inline LockClaim claim_with_start() {
  LockClaim claim;
  claim.pid = kPid;
  claim.created_at = kAcquired;
  claim.start_ticks = kStart;
  return claim;
}

/// A lock before 2026.3.2: it has no `starttime`.
inline LockClaim claim_without_start() {
  auto claim = claim_with_start();
  claim.start_ticks.reset();
  return claim;
}

/// An exporter that sees all there is to see, and no process with the pid.
inline HolderEvidence proof_of_absence() {
  HolderEvidence evidence;
  evidence.local_filesystem = true;
  evidence.table_complete = true;
  evidence.initial_namespace = true;
  evidence.lock_unchanged = true;
  evidence.boot_time = kBoot;
  evidence.table_started_at = kWalked;
  return evidence;
}

/// A process on the host that can reach the lock.
inline HolderCandidate candidate(std::uint64_t start_ticks = kStart) {
  HolderCandidate candidate;
  candidate.stat.pid = kPid;
  candidate.stat.comm = "openclaw-agent";
  candidate.stat.state = 'S';
  candidate.stat.threads = 11;
  candidate.stat.start_ticks = start_ticks;
  candidate.sees = Sees::yes;
  return candidate;
}

/// One in a container: its pid on the host is another.
inline HolderCandidate in_container(std::uint64_t start_ticks = kStart) {
  auto found = candidate(start_ticks);
  found.stat.pid = 90001;
  found.nested = true;
  return found;
}

inline HolderEvidence proof_with(HolderCandidate found) {
  auto evidence = proof_of_absence();
  evidence.candidates.push_back(std::move(found));
  return evidence;
}

}  // namespace openclaw_lock
