// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/fleet/lock_facts.h"
#include "core/fleet/source_health.h"
#include "core/locks/agent_labels.h"
#include "core/locks/lock_assessment.h"
#include "core/locks/lock_ledger.h"
#include "core/procfs/process_table.h"
#include "exporter/readers/directories/directory_visibility.h"
#include "exporter/readers/directories/session_directories.h"
#include "exporter/readers/locks/lock_watches.h"
#include "exporter/readers/locks/session_lock_scan.h"
#include "exporter/system/clock.h"
#include "exporter/system/gate.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {

struct LockReaderSettings {
  std::string state_dir;                  ///< as the exporter can open it
  std::vector<std::string> session_dirs;  ///< extra ones; may be globs
  std::filesystem::path procfs = "/proc";
  /// What links inside the state dir start at: rootfs or /proc/PID/root, in
  /// front of `state_dir`; empty: our own root.
  std::string root = {};
  Gate gate = always_open;
  MountViews mounts = {};  ///< empty: read from `procfs`
  std::optional<NamedSessionDirs> named_dirs = {};  ///< by the gateway itself
};

/// Reads and follows the session locks of one gateway. Not thread-safe: its
/// thread alone calls it, and may hang in it.
class LockReader {
 public:
  /// Gives a process table read after the call, or null where none came in
  /// time. An empty function: holders are not judged.
  using Census = std::function<std::shared_ptr<const ProcessTable>()>;

  /// `hub`: where it gets its events from, null: from one of its own; `wake`:
  /// called when there are some (see InotifyHub::add_owner).
  LockReader(
      LockReaderSettings settings, Census census,
      WallClock clock = wall_time_now,
      std::shared_ptr<InotifyHub> hub = nullptr,
      std::function<void()> wake = [] {});

  /// The extra session directories from the next round on.
  void watch(std::vector<std::string> session_dirs,
             std::optional<NamedSessionDirs> named_dirs = {}) {
    settings_.session_dirs = std::move(session_dirs);
    settings_.named_dirs = std::move(named_dirs);
    rescan_ = true;
  }

  /// Lists every session directory, reads what is new, judges each holder.
  /// Where events tell of every change and no lock is held, it looks at stamps
  /// instead, and lists once a minute.
  RoundResult round();

  /// The first half of a round: reads. True where there are holders to judge.
  bool read();

  /// The second half. `table` must have been read after read(); null: there is
  /// none in time.
  RoundResult judge(const ProcessTable* table);

  /// Takes the events that wait, without waiting for more.
  void follow();

  /// Descriptor to wait at for events; -1: none.
  int descriptor() const { return watches_.descriptor(); }

  /// True where a round should not wait for its time.
  bool wants_round(WallTime now) const;

  /// See LockLedger::next_deadline.
  std::optional<WallTime> next_deadline() const {
    return ledger_.next_deadline();
  }

  const LockFacts& report() const { return report_; }
  const std::vector<Problem>& holder_problems() const {
    return holder_problems_;
  }

 private:
  struct Directory {
    int number = 0;
    SessionDirectory facts;
    std::string label;         ///< of the agent
    bool preexisting = false;  ///< not yet looked at, and may be old
    bool followed = false;     ///< events tell of every change
    SessionLockScan scan;
    SessionLocks found;              ///< in this round
    std::set<Fault> obstacles = {};  ///< that were told in this round
  };

  /// Nothing can have changed since the last walk through the state dir that
  /// matters to it.
  bool may_keep_walk() const;
  bool has_leftovers() const;
  void walk();
  void take_directories();
  void forget(const Directory& directory);
  bool list_directories();
  void reconcile();
  void watch_directories();
  void judge_directory(Directory& directory, const MountView& view,
                       const ProcessTable* table);
  /// Empty where the lock is gone by now.
  std::optional<HolderVerdict> judge(const Directory& directory,
                                     const ScannedLock& lock,
                                     DirectoryVisibility& visibility,
                                     const ProcessTable& table) const;
  void add_obstacle(Directory& directory, Fault obstacle);
  void add_judged(Directory& directory, const ScannedLock& lock,
                  const HolderVerdict& verdict);
  void handle(const LockWatches::Event& event);
  void handle_file(Directory& directory, const InotifyHub::Event& event);
  Result<UniqueFd> open(const Directory& directory) const;

  LockReaderSettings settings_;
  Census census_;
  WallClock clock_;
  LockWatches watches_;
  LockLedger ledger_;
  AgentLabels labels_;
  std::map<DirectoryIdentity, Directory> directories_;
  std::map<int, DirectoryIdentity> by_number_;
  int next_number_ = 0;
  bool looked_before_ = false;
  bool rescan_ = false;      ///< at once
  bool entry_came_ = false;  ///< the next round walks
  StateDirectory state_;     ///< of the last walk, without its directories
  DirectoryIdentity state_identity_;
  WallTime walked_at_{};
  bool structure_followed_ = false;
  LockFacts report_;
  // Of the round under way:
  RoundResult round_;
  MountView view_;
  LockSnapshot snapshot_;
  std::vector<Problem> holder_problems_;
};

}  // namespace openclaw_lock
