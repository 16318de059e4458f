// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/fleet/disk_facts.h"
#include "core/fleet/gateway_facts.h"
#include "core/fleet/lock_facts.h"
#include "core/fleet/log_facts.h"
#include "core/fleet/snapshot.h"
#include "core/fleet/source_name.h"
#include "core/locks/lock_assessment.h"

namespace openclaw_lock {

/// What follows of the facts of one gateway.
struct GatewayVerdicts {
  // Facts that hold now. Null before the first round, and while the reader
  // hangs: it knows nothing of the present then.
  std::shared_ptr<const LockSnapshot> session_locks;
  std::shared_ptr<const GatewayFacts> processes;
  std::shared_ptr<const LogFacts> logs;
  std::shared_ptr<const DiskFacts> disk;

  /// Of `session_locks`, which it points into; empty without them.
  std::optional<LockAssessment> locks;
  /// Of `processes`, which it points into; empty where they could not all be
  /// read.
  std::optional<SingletonAssessment> singleton;
  /// Live processes that hold a session lock; empty where that is not known.
  std::optional<std::size_t> writers;

  /// Incidents that logs tell of, and at 0 those that this gateway can have and
  /// has not had yet. Empty before logs were read.
  std::map<TimeoutSeries, std::uint64_t> timeouts;

  /// By SourceName; empty: switched off.
  std::array<std::optional<SourceHealth>, std::size(kSourceNames)> sources;
};

/// What follows of a snapshot: the one judgement that every view reads.
struct FleetVerdicts {
  std::vector<GatewayVerdicts> gateways;  ///< as in the snapshot
};

/// Pure. The verdicts share facts with the snapshot and may outlive it.
FleetVerdicts judge(const FleetSnapshot& snapshot);

}  // namespace openclaw_lock
