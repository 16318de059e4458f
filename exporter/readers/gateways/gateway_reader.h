// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
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
#include "core/procfs/process_table.h"
#include "exporter/readers/directories/directory_visibility.h"
#include "exporter/readers/directories/session_directories.h"
#include "exporter/readers/gateways/gateway_lock_holders.h"
#include "exporter/readers/gateways/gateway_locks.h"
#include "exporter/readers/gateways/store_reader.h"
#include "exporter/system/clock.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {

struct GatewayReaderSettings {
  std::string state_dir;  ///< as the exporter can open it
  std::filesystem::path procfs = "/proc";
  std::filesystem::path rootfs = "/";  ///< where the host's /tmp lies
};

/// Finds the gateways of one state directory among all processes. Not
/// thread-safe: its thread alone calls it, and may hang in it where the state
/// directory does. A directory of another file system that may hang is not
/// touched.
///
/// Which state directory a process has is told by, in this order: a singleton
/// lock that names the process; what it keeps open; its environment. Device and
/// inode below /proc/PID/root decide, so that a path means what it means in
/// that process' container.
class GatewayReader {
 public:
  /// See LockReader::Census.
  using Census = std::function<std::shared_ptr<const ProcessTable>()>;

  using Clock = std::function<MonotonicTime()>;

  GatewayReader(GatewayReaderSettings settings, Census census,
                Clock clock = monotonic_now,
                WallClock wall_clock = wall_time_now);

  /// Obstacles are problems of source `processes`; they leave facts empty.
  RoundResult round();

  const GatewayFacts& facts() const { return facts_; }

 private:
  struct Key {
    std::uint64_t start_ticks = 0;
    int pid = 0;
    std::string comm;  ///< changes when OpenClaw gives itself a title

    auto operator<=>(const Key&) const = default;
  };
  struct Known {
    ProcessRole role = ProcessRole::none;
    bool looked = false;  ///< `role` is that of its arguments
    std::string profile;
    Answer uses = Answer::unknown;
    Answer serves = Answer::unknown;
    bool named = false;  ///< by a singleton lock of this state directory
    bool lease = false;  ///< and that lock is of the era of leases
    int rounds = 0;      ///< since it was first looked at
  };
  /// What /proc/PID says of one process in this round.
  struct Look;

  void look_at(const Process& process, const ProcessTable& table,
               DirectoryVisibility& visibility, Known& known);
  void look_at_role(const Process& process, Known& known);
  void look_at_files(Look& look, Known& known) const;
  /// Where the process may keep its lock outside the state directory; in user
  /// namespaces the name holds another user id than ours.
  std::set<std::string> lock_directories(const Look& look) const;
  void look_at_locks(const Look& look, Known& known);
  /// Those that no running process led to: their gateway may be gone.
  void read_abandoned_locks(const MountView& view);
  void look_at_environment(const Look& look, Known& known) const;
  bool claims_this(const GatewayClaim& claim, const Look& look) const;
  /// Whether the path that a process names is our state directory.
  Answer is_ours(const std::string& inner_path, const Look& look) const;
  bool belongs_to_another_user(int pid) const;
  void read_store();
  void judge_era();
  /// Who holds WAL write locks of this state directory's databases.
  void look_at_writers(const ProcessTable& table);
  std::optional<DatabaseFacts> database_facts(
      const std::optional<DatabaseFiles>& files) const;
  void tell(const ProcessTable& table, const GatewayCount& count,
            RoundResult& round);

  GatewayReaderSettings settings_;
  Census census_;
  Clock clock_;
  WallClock wall_clock_;
  GatewayLockHolders lock_holders_;
  ConfigVersion config_version_;
  WalWriters writers_;
  std::map<Key, Known> known_;
  // Of the round under way:
  DirectoryIdentity identity_;
  uid_t owner_ = 0;
  mode_t mode_ = 0;
  std::string device_;  ///< of the state directory, as mountinfo has it
  GatewayLocks state_locks_;
  std::vector<GatewayLock> other_locks_;  ///< in temporary directories
  StoreFiles store_;
  bool writers_seen_ = false;
  GatewayFacts facts_;
};

}  // namespace openclaw_lock
