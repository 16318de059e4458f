// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "exporter/system/clock.h"
#include "exporter/system/inotify.h"

namespace openclaw_lock {

/// One inotify instance for many, each of whom sees its own watches only.
/// Thread-safe. Where the system has no instance left there are no watches
/// until one is free again.
class InotifyHub {
 public:
  using Owner = int;

  /// An event that is kept for its owner.
  struct Event {
    int watch = -1;          ///< -1 with IN_Q_OVERFLOW
    std::uint32_t mask = 0;  ///< IN_*
    std::string name;        ///< of the file in the watched directory, or empty
    WallTime at{};           ///< when it was taken from the kernel
  };

  /// More events than this for one owner are lost: IN_Q_OVERFLOW for it.
  static constexpr std::size_t kMaxKept = 16384;

  explicit InotifyHub(WallClock clock = wall_time_now);
  InotifyHub(const InotifyHub&) = delete;
  InotifyHub& operator=(const InotifyHub&) = delete;

  /// `wake` is called, on the thread that drains, when there is something to
  /// take(); it must not block, nor call the hub.
  Owner add_owner(std::function<void()> wake = [] {});
  /// Its watches end with it.
  void remove_owner(Owner owner);

  /// Watches a directory; the same directory gives the same number again,
  /// whoever asks. May hang where the path does, and keeps nobody else.
  Result<int> watch(Owner owner, const std::string& directory,
                    std::uint32_t mask);
  void unwatch(Owner owner, int watch);

  /// What has happened to the owner's watches until now, in the kernel's order.
  std::vector<Event> take(Owner owner);

  /// Gives each owner its events, without waiting for more.
  void drain();

  /// To wait at for events; -1 while there is no instance.
  int descriptor() const;

 private:
  struct Listener {
    std::function<void()> wake;
    std::vector<Event> events;
    bool told = false;  ///< woken since it last took
  };

  bool make_instance();
  void drain_locked(std::vector<std::function<void()>>& wakes);
  void hand_out(const InotifyEvent& event, WallTime at);
  void give(Owner owner, Event event);

  WallClock clock_;
  mutable std::mutex mutex_;
  std::optional<Inotify> inotify_;
  std::optional<Problem> obstacle_;
  std::map<Owner, Listener> listeners_;
  std::map<int, std::vector<Owner>> owners_;  ///< by watch
  /// Of watches that are being made: whose they are is known only then.
  std::vector<Event> unclaimed_;
  std::size_t being_made_ = 0;
  std::vector<Owner> touched_;  ///< have events, and were not woken yet
  Owner next_owner_ = 1;
};

}  // namespace openclaw_lock
