// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/wall_time.h"
#include "core/locks/holder.h"
#include "core/locks/lock_ledger.h"

namespace openclaw_lock {

/// The hold limit of a lock that names none: OpenClaw's own default.
inline constexpr std::chrono::milliseconds kDefaultMaxHold{300'000};

/// When a lock was taken: createdAt, or its mtime where there is none or where
/// createdAt lies in the future (a clock that differs).
WallTime acquired_at(const std::optional<LockClaim>& claim,
                     WallTime modified_at, WallTime now);

/// Since 2026.8.1 (era C) OpenClaw keeps its sessions in SQLite and neither
/// writes nor removes session locks: what is older than the newest trace of an
/// era C gateway (`tmp/openclaw-UID/gateway.state.lock*`) is litter.
bool is_leftover(WallTime acquired_at,
                 const std::optional<WallTime>& sqlite_gateway_at);

/// One lock of a round, judged.
struct JudgedLock {
  LockSeries series;
  HolderVerdict verdict;
  WallTime acquired_at{};
  std::optional<std::chrono::milliseconds> max_hold = {};
  std::string path = {};        ///< of the lock, as the exporter reads it
  std::optional<int> pid = {};  ///< that the lock names
};

/// What a round found in the session directories of one gateway.
struct LockSnapshot {
  std::set<std::string> agents;  ///< labels; all their directories were read
  std::vector<JudgedLock> locks;
  std::uint64_t leftover_files = 0;
  /// Live holders of session locks: pid and, where the lock has it, start.
  std::set<std::pair<int, std::uint64_t>> writers;
  /// Every session lock was read and its holder judged: there are no others.
  bool writers_known = true;
};

/// Figures of one series at an instant.
struct LockGauges {
  std::array<std::uint64_t, std::size(kHolders)> files{};
  std::array<std::optional<std::chrono::milliseconds>, std::size(kHolders)>
      oldest_age;
};

/// What follows of one lock at an instant.
struct LockVerdict {
  const JudgedLock* lock = nullptr;   ///< of what was assessed
  std::chrono::milliseconds age{};    ///< of the hold, 0 or more
  std::chrono::milliseconds limit{};  ///< its own, or OpenClaw's default
  bool overdue = false;  ///< its holder lives, and has had it for longer
};

/// What follows of the locks in the session directories of one gateway.
struct LockAssessment {
  std::vector<LockVerdict> locks;           ///< of agents that were read whole
  std::map<LockSeries, LockGauges> gauges;  ///< each agent, each kind
  std::map<std::string, std::uint64_t> overdue;  ///< by agent
};

/// What follows of the singleton locks of one gateway, which no agent has.
struct SingletonAssessment {
  std::vector<LockVerdict> locks;
  LockGauges gauges;
};

/// Pure. The assessment points into `locks`.
SingletonAssessment assess_singleton_locks(const std::vector<JudgedLock>& locks,
                                           WallTime now);

/// Pure. The assessment points into `snapshot`.
LockAssessment assess_locks(const LockSnapshot& snapshot, WallTime now);

}  // namespace openclaw_lock
