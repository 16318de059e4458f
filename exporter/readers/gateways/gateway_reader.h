// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/fleet/gateway_facts.h"
#include "core/fleet/source_health.h"
#include "core/gateways/gateway_count.h"
#include "core/gateways/session_store_era.h"
#include "core/gateways/wal_writers.h"
#include "core/procfs/mountinfo.h"
#include "exporter/readers/directories/directory_visibility.h"
#include "exporter/readers/gateways/gateway_lock_holders.h"
#include "exporter/readers/gateways/gateway_locks.h"
#include "exporter/readers/gateways/store_reader.h"
#include "exporter/readers/gateways/wal_locks.h"
#include "exporter/readers/processes/process_facts.h"
#include "exporter/system/clock.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

struct GatewayReaderSettings {
  std::string state_dir;  ///< as the exporter can open it
  std::filesystem::path procfs = "/proc";
  /// What links inside the state dir start at, see LockReaderSettings.
  std::string root = {};
  Gate gate = always_open;
};

/// What is read once for all gateways.
struct GatewayInputs {
  std::shared_ptr<const ProcessFacts> processes;  ///< null: none in time
  /// Called where a database is open: reading them holds up whoever locks a
  /// file. Null: not readable.
  std::function<std::shared_ptr<const WalLocks>()> wal_locks;
  /// Our own mounts, the same object as long as they are the same; null: not
  /// readable.
  std::shared_ptr<const std::vector<Mount>> mounts;
};

/// Finds what runs on one state directory, by asking the census, and looks at
/// its singleton locks and databases. Not thread-safe: one task at a time calls
/// it, and may hang in it where the state directory does.
class GatewayReader {
 public:
  explicit GatewayReader(GatewayReaderSettings settings,
                         Clock clock = monotonic_now,
                         WallClock wall_clock = wall_time_now);

  /// Obstacles are problems of source `processes`; they leave facts empty.
  RoundResult round(const GatewayInputs& inputs);

  const GatewayFacts& facts() const { return facts_; }

  /// See JudgedGatewayLocks; of the last round.
  bool wants_later_table() const { return wants_later_table_; }

 private:
  /// Where the state directory lies; holds while it and our mounts stay.
  struct Place {
    DirectoryIdentity identity;
    std::string inner_path;  ///< as `mounts` have it, without links
    std::string device;      ///< as mountinfo has it
    bool is_local = false;   ///< see is_local_filesystem
    std::shared_ptr<const std::vector<Mount>> mounts;
    std::shared_ptr<const std::vector<Mount>> our_mounts;
  };

  bool find_place(const struct stat& found, const GatewayInputs& inputs);
  void read_store(const struct stat& state_dir, WallTime now);
  void judge_era();
  /// Who holds WAL write locks of this state directory's databases.
  void look_at_writers(const GatewayInputs& inputs);
  void add_writers(const SharedMemoryFile& file, const WalLocks& locks,
                   std::set<WalWriter>& writers) const;
  std::optional<DatabaseFacts> database_facts(
      const std::optional<DatabaseFiles>& files) const;
  /// Adds those that a lock in the state directory names, whatever else speaks.
  std::vector<GatewayCandidate> candidates(const ProcessFacts& facts,
                                           DirectoryVisibility& visibility);
  void add_silent_locks(const ProcessFacts& facts,
                        std::vector<GatewayLock>& locks) const;
  void tell_silent_locks(const std::vector<GatewayLock>& locks, WallTime now,
                         RoundResult& round) const;
  void tell_obstacles(const std::set<Fault>& obstacles,
                      RoundResult& round) const;
  void tell_version(RoundResult& round) const;
  bool is_named(const ProcessFacts& facts,
                const ProcessIdentity& running) const;
  /// A singleton lock names a living process that is not among the gateways.
  bool misses_a_holder(const ProcessFacts& facts, const GatewayCount& count,
                       const std::vector<GatewayClaim>& held) const;
  void tell(const ProcessFacts& facts, const GatewayCount& count,
            const std::vector<GatewayClaim>& held, RoundResult& round);

  const GatewayReaderSettings settings_;
  const Clock clock_;
  const WallClock wall_clock_;
  GatewayLockReader lock_reader_;
  GatewayLockHolders lock_holders_;
  StoreReader store_reader_;
  ConfigVersion config_version_;
  WalWriters writers_;
  std::optional<Place> place_;
  // Of the round under way:
  GatewayLocks state_locks_;  ///< of the round under way
  StoreFiles store_;
  bool writers_seen_ = false;
  bool wants_later_table_ = false;
  GatewayFacts facts_;
};

}  // namespace openclaw_lock
