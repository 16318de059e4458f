// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

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
#include "core/gateways/gateway_count.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_table.h"
#include "core/sources/source_health.h"
#include "exporter/readers/directory_visibility.h"
#include "exporter/readers/gateway_locks.h"
#include "exporter/readers/session_directories.h"

namespace openclaw_lock {

/// What is known of the gateways that run on one state directory. What could
/// not be measured is empty.
struct GatewayFacts {
  std::optional<std::size_t> instances;
  std::optional<WallTime> youngest_start;  ///< of a gateway; empty: none runs
  /// No running gateway is named by the singleton lock; empty: none runs.
  std::optional<bool> lock_mismatch;
};

struct GatewayReaderSettings {
  std::string state_dir;  ///< as the exporter can open it
  std::filesystem::path procfs = "/proc";
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

  GatewayReader(GatewayReaderSettings settings, Census census);

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
  void look_at_locks(const Look& look, Known& known) const;
  void look_at_environment(const Look& look, Known& known) const;
  bool claims_this(const GatewayClaim& claim, const Look& look) const;
  /// Whether the path that a process names is our state directory.
  Answer is_ours(const std::string& inner_path, const Look& look) const;
  bool belongs_to_another_user(int pid) const;
  void tell(const ProcessTable& table, const GatewayCount& count,
            RoundResult& round);

  GatewayReaderSettings settings_;
  Census census_;
  std::map<Key, Known> known_;
  // Of the round under way:
  DirectoryIdentity identity_;
  uid_t owner_ = 0;
  mode_t mode_ = 0;
  std::string device_;  ///< of the state directory, as mountinfo has it
  GatewayLocks state_locks_;
  GatewayFacts facts_;
};

}  // namespace openclaw_lock
