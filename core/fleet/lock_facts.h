// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "core/fleet/source_health.h"
#include "core/locks/lock_assessment.h"
#include "core/locks/lock_ledger.h"

namespace openclaw_lock {

/// What is known of one gateway's locks.
struct LockFacts {
  /// Of the newest round; null where it could not open the state dir. Agents
  /// whose directories could not all be read are not in it.
  std::shared_ptr<const LockSnapshot> snapshot;
  std::map<LockSeries, LockTotals> totals;
  bool followed = false;  ///< every session directory by inotify
  std::uint64_t watch_lost = 0;
  /// Obstacles to judging holders, for source `processes`.
  ProblemCounts holder_problems{};
};

}  // namespace openclaw_lock
