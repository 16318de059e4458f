// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/locks/lock_assessment.h"
#include "core/procfs/process_table.h"
#include "exporter/readers/directories/directory_visibility.h"
#include "exporter/readers/gateways/gateway_locks.h"

namespace openclaw_lock {

/// The singleton locks of a round, each once.
struct JudgedGatewayLocks {
  std::vector<JudgedLock> locks;
  std::vector<GatewayClaim> held;  ///< of those whose holder lives
  std::set<Fault> obstacles;       ///< why holders are unknown
  /// Nobody is seen who may hold a lock that was not there in the round before:
  /// processes that are listed from now on can prove it.
  bool wants_later_table = false;
};

/// Judges who holds the singleton locks of one gateway, as judge_holder() does
/// it for sessions. A holder counts as gone only where processes were listed
/// after its lock was first seen, and the lock is still the same; until then
/// the obstacle is a timeout.
class GatewayLockHolders {
 public:
  /// `visibility` is that of the state directory, which the holder must see.
  JudgedGatewayLocks judge(const std::vector<GatewayLock>& locks,
                           bool local_filesystem,
                           DirectoryVisibility& visibility,
                           const ProcessTable& table, WallTime now);

 private:
  /// Device, inode and mtime.
  using Key = std::tuple<std::uint64_t, std::uint64_t, std::int64_t>;
  struct Seen {
    WallTime since{};
    bool alive = false;
    bool nested = false;
  };

  std::map<Key, Seen> seen_;  ///< in the round before
};

}  // namespace openclaw_lock
