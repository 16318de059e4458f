// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/monotonic_time.h"
#include "exporter/sampling/hang_domains.h"
#include "exporter/sampling/task.h"

namespace openclaw_lock {

using TaskId = std::uint64_t;  ///< 0: none
using TurnId = std::uint64_t;  ///< 0: none

/// Whose turn is next: tasks by the time when they are due, and what is known
/// of the domains that they enter. No thread, no clock; not thread-safe.
///
/// - A domain that a turn hangs in gets no other turn until that one returns.
/// - One that is not local has one turn at a time: what hangs costs one worker.
/// - Neither does a local one in which a turn takes longer than kSlow. One that
///   is not exact has one such turn more: another file system may have been
///   touched unnoticed, and all else should not wait for that.
/// - With kMaxHanging turns hanging, domains that are not local wait.
/// - A turn that could not enter a domain because another one is slow there has
///   missed something: its task has another turn as soon as that one leaves.
class TaskQueue {
 public:
  static constexpr std::chrono::milliseconds kSlow{200};
  static constexpr std::size_t kMaxHanging = 8;

  struct Turn {
    TurnId id = 0;
    std::shared_ptr<Task> task;
    HangDomain home;
    bool last = false;  ///< it was removed: only to be destroyed
  };

  /// A turn that did not come back in time.
  struct Overrun {
    std::string task;    ///< its name
    std::string domain;  ///< where it hangs; empty: nowhere that is known
  };

  /// A number that no task has yet.
  TaskId reserve() { return next_task_++; }

  /// `home`: of the task's home(). Due at once.
  void add(TaskId id, std::shared_ptr<Task> task, HangDomain home,
           MonotonicTime now);

  /// Its next turn is the last: what it holds open may hang when it is closed,
  /// too. One under way is the last.
  void remove(TaskId task, MonotonicTime now);

  /// Due at once, or once more after the turn under way.
  void wake(TaskId task, MonotonicTime now);

  /// The next turn, if one is due that may begin.
  std::optional<Turn> take(MonotonicTime now);

  /// The turn is about to touch a domain; false where that hangs. See Gate. One
  /// that was written off hangs there from now on.
  bool enter(TurnId turn, const HangDomain& domain, MonotonicTime now);

  /// The turn goes on without having entered the domain.
  void pass_by(TurnId turn, const HangDomain& domain);

  /// What keeps a turn from entering the domain is quick so far.
  bool may_soon_enter(const HangDomain& domain, MonotonicTime now) const;

  /// The turn has come back. `home`: the domain of the task's home by now.
  void finish(TurnId turn, HangDomain home, MonotonicTime due);

  /// Takes note of turns that are past their patience.
  std::vector<Overrun> find_overruns(MonotonicTime now);

  /// When the next turn is past its patience; empty: none is under way.
  std::optional<MonotonicTime> next_overrun() const;

  /// When a task is due that may begin; empty: none waits.
  std::optional<MonotonicTime> next_due() const;

  /// Turns that have taken longer than kSlow, those that hang among them.
  std::size_t slow(MonotonicTime now) const;

  std::size_t under_way() const { return turns_.size(); }

  /// Turns that hang.
  std::size_t hanging() const;

  /// Names of the domains that hang, and of tasks that hang elsewhere.
  std::vector<std::string> hanging_places() const;

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::shared_ptr<Task> task;
    HangDomain home;
    MonotonicTime due;
    HangDomain missed;     ///< that it waits for
    MonotonicTime latest;  ///< of the next turn, whatever it waits for
    TurnId turn = 0;       ///< under way; 0: none
    bool parked = false;   ///< waits for its domain
    bool woken = false;    ///< since the turn under way began
    bool removed = false;
  };
  struct Running {
    TaskId task = 0;
    std::string name;
    HangDomain domain;
    MonotonicTime began;
    MonotonicTime patient_until;
    bool hangs = false;
    HangDomain missed = {};  ///< a domain that it passed by
  };
  struct Domain {
    std::set<TurnId> turns;
    std::set<TaskId> parked;
    std::set<TaskId> waiting;  ///< have missed it
  };

  bool may_begin(const HangDomain& domain, MonotonicTime now) const;
  /// Turns in the domain that are slow or hang.
  std::size_t slow_in(const Domain& domain, MonotonicTime now) const;
  void schedule(TaskId id, Entry& entry, MonotonicTime due);
  void unschedule(TaskId id, Entry& entry);
  /// `began`: the turn.
  void leave(TurnId turn, const HangDomain& domain, MonotonicTime began);
  bool waits_on(TaskId id, Entry& entry, MonotonicTime now);
  void unpark_all();

  std::map<TaskId, Entry> entries_;
  std::set<std::pair<MonotonicTime, TaskId>> due_;
  std::map<TurnId, Running> turns_;
  std::map<std::string, Domain> domains_;
  TaskId next_task_ = 1;
  TurnId next_turn_ = 1;
};

}  // namespace openclaw_lock
