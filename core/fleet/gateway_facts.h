// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/gateways/session_store_era.h"
#include "core/locks/lock_assessment.h"

namespace openclaw_lock {

/// The databases of one kind.
struct DatabaseFacts {
  std::uint64_t main_bytes = 0;
  std::uint64_t wal_bytes = 0;
  /// Longest that one process has been seen with a WAL write lock; 0: none has
  /// it. Empty where the locks of all processes cannot be seen.
  std::optional<std::chrono::milliseconds> writer_held;
};

/// What is known of the gateways that run on one state directory. What could
/// not be measured is empty.
struct GatewayFacts {
  std::optional<std::size_t> instances;
  std::optional<WallTime> youngest_start;  ///< of a gateway; empty: none runs
  /// No running gateway is named by the singleton lock; empty: none runs.
  std::optional<bool> lock_mismatch;

  /// The singleton locks of this state directory, judged. Empty where they
  /// could not all be read.
  std::optional<std::vector<JudgedLock>> singleton_locks;

  std::optional<Store> store;
  std::string version;  ///< that last wrote the configuration, or empty
  std::optional<DatabaseFacts> state_database;
  std::optional<DatabaseFacts> agent_databases;  ///< all together
};

}  // namespace openclaw_lock
