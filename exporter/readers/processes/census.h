// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/monotonic_time.h"
#include "core/fleet/source_health.h"
#include "core/logs/known_places.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_table.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/readers/gateways/gateway_locks.h"
#include "exporter/readers/processes/process_facts.h"
#include "exporter/readers/processes/process_look.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

struct CensusSettings {
  std::filesystem::path procfs = "/proc";
  std::filesystem::path rootfs = "/";  ///< where the host's /tmp lies
  /// The state directories that are watched, null before they are known: from
  /// 2026.8.1 on singleton locks lie in them.
  std::function<std::shared_ptr<const KnownPlaces>()> places = {};
};

/// Knows of each process whether it is OpenClaw's and which state directory it
/// uses: the one place that answers this. A process is looked at once, again in
/// each round while it is younger than a minute (a wrapper becomes a gateway, a
/// gateway opens its port), and once a minute after that.
///
/// The state directory is told by, in this order: a singleton lock that names
/// the process; what it keeps open; its environment and arguments; the default.
/// Device and inode below /proc/PID/root decide, so that a path means what it
/// means in that process' container.
///
/// Not thread-safe. A round may hang in a file system for which the gate is
/// open; a census that hangs is given up, and a new one begins.
class Census {
 public:
  explicit Census(CensusSettings settings);

  /// One look at all processes of `table`, which must not be null. Obstacles
  /// are problems; they leave out what cannot be known.
  RoundResult round(std::shared_ptr<const ProcessTable> table,
                    MonotonicTime now, const Gate& gate);

  /// Of the last round that ended; null before the first.
  std::shared_ptr<const ProcessFacts> facts() const { return facts_; }

  /// Pids of OpenClaw's processes: for ProcessReader::follow.
  std::set<int> openclaw_pids() const;

  /// The process that a round is looking at; 0: none. From any thread: what a
  /// round that hangs should pass over when it is begun anew.
  int looking_at() const { return looking_at_; }
  /// Never looks at the process with this pid.
  void avoid(int pid) { avoided_.insert(pid); }

 private:
  struct Known {
    std::string comm;
    ProcessCommand command;
    bool is_other = false;  ///< the last look saw another program
    std::optional<MonotonicTime> command_read_at;
    std::optional<MonotonicTime> looked_at;
    bool blocked = false;  ///< the last look met a shut gate
    bool readable = false;
    ProcessLook look;
    OpenclawProcess found;
    std::set<DirectoryIdentity> lock_directories;
    bool present = false;  ///< in this round

    /// What is in front of its paths for the exporter.
    const std::string& root() const;
  };
  /// A directory of singleton locks, and the roots from which it is seen.
  struct LockDirectory {
    std::string path;
    std::string root;
    const GatewayLocks* locks = nullptr;
  };
  struct Round;

  void look_at_command(const Process& process, const Round& round,
                       Known& known) const;
  bool wants_look(const Process& process, const Round& round,
                  const Known& known) const;
  static Result<std::string> read_in(const std::string& root,
                                     const std::string& path, Round& round);
  void look_at(const Process& process, Round& round, Known& known);
  void find_state_dir(Round& round, Known& known);
  bool has_moved(const Known& known, Round& round) const;
  void find_our_path(const DirectoryFacts& directory, const std::string& opened,
                     Round& round, Known& known);
  Answer serves(const Process& process, Round& round, const Known& known) const;
  void look_at_temporary_directories(Round& round);
  void read_lock_directory(const std::string& root, const std::string& path,
                           Round& round, Known* known);
  void read_locks(Round& round);
  void read_state_locks(Round& round);
  Known* guessed_process(const GatewayClaim& claim, Round& round);
  void take_claim(const LockDirectory& directory, const DirectoryIdentity& id,
                  const GatewayLock& lock, Round& round);
  Known* process_named(const GatewayClaim& claim, const DirectoryIdentity& id,
                       Round& round);
  std::optional<DirectoryIdentity> claimed_directory(
      const LockDirectory& directory, const GatewayClaim& claim, Known* known,
      Round& round);
  void take_state_dir(const DirectoryFacts& directory,
                      const std::string& opened, const std::string& inner,
                      bool is_named, Round& round, Known& known);
  void publish(std::shared_ptr<const ProcessTable> table, Round& round);

  const CensusSettings settings_;
  const std::string host_root_;  ///< rootfs as a prefix of paths
  std::atomic<int> looking_at_ = 0;
  std::set<int> avoided_;
  std::map<ProcessIdentity, Known> known_;
  std::map<DirectoryIdentity, std::string> our_paths_;
  GatewayLockReader locks_;
  std::vector<std::string> host_lock_directories_;
  std::optional<MonotonicTime> host_listed_at_;
  std::shared_ptr<const ProcessFacts> facts_;
};

}  // namespace openclaw_lock
