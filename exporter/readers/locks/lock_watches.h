// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "exporter/system/inotify_hub.h"

namespace openclaw_lock {

/// The inotify watches of one gateway: its session directories, and the
/// directories in which new ones appear. Without inotify (no instance left, no
/// watch left) it watches nothing and says so; scans do the work then, and each
/// further call tries again.
class LockWatches {
 public:
  /// What an event means to the lock reader.
  enum class Meaning {
    session_file,  ///< something about a file of a session directory
    structure,     ///< a directory came or went: look again
    entry,         ///< what came may be a link to one: look again some time
    lost,          ///< the kernel's queue overflowed
    nothing,
  };
  struct Event {
    Meaning meaning = Meaning::nothing;
    int directory = 0;  ///< number of the session directory
    InotifyHub::Event inotify;
  };

  /// `wake`: see InotifyHub::add_owner.
  LockWatches(std::shared_ptr<InotifyHub> hub, std::function<void()> wake);
  LockWatches(const LockWatches&) = delete;
  LockWatches& operator=(const LockWatches&) = delete;
  ~LockWatches();

  /// -1 where there is no inotify.
  int descriptor() const { return hub_->descriptor(); }

  /// Why a watch could not be had since the last call; empty: all could, or
  /// the same was told before.
  std::optional<Problem> take_obstacle();

  /// Each is harmless when repeated. False where the watch could not be had.
  bool watch_sessions(int directory, const std::string& path);
  bool watch_structure(const std::string& path);
  void forget_sessions(int directory);

  /// What has happened until now, in the kernel's order.
  void drain(const std::function<void(const Event&)>& visit);

 private:
  struct Target {
    int directory = -1;  ///< -1: structure
    std::string path;
  };

  bool add(const std::string& path, std::uint32_t mask, int directory);
  Event interpret(InotifyHub::Event event);

  std::shared_ptr<InotifyHub> hub_;
  InotifyHub::Owner owner_;
  std::optional<Problem> obstacle_;  ///< of the last watch that was asked for
  bool told_obstacle_ = false;
  std::map<int, Target> targets_;         ///< by watch number
  std::map<std::string, int> structure_;  ///< watch number by path
  std::map<int, int> sessions_;           ///< watch number by directory
};

}  // namespace openclaw_lock
