// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/sampling/hang_domains.h"
#include "exporter/sampling/task_queue.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Runs tasks by a few threads, however many tasks there are: two workers, one
/// thread that waits for events and looks after the workers, and one more
/// worker for each turn that takes long or hangs (TaskQueue::kMaxHanging at
/// most). Thread-safe.
///
/// A turn past its patience is written off with its worker; see TaskQueue. A
/// thread that cannot be made is asked for again each second.
class Scheduler {
 public:
  /// `procfs` tells what lies on which file system.
  explicit Scheduler(const std::filesystem::path& procfs);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  /// Makes a task that is told its number. Its first turn begins at once,
  /// others when the turn before says.
  TaskId add(const std::function<std::shared_ptr<Task>(TaskId)>& make);

  /// It has no further turn. One under way goes on; the task lives until then,
  /// and ends on a worker: what it holds open may hang when it is closed, too.
  void remove(TaskId task);

  /// Has its next turn at once; if one is under way, another follows it.
  void wake(TaskId task);

  /// The same for later, from any thread, even when the scheduler is gone.
  std::function<void()> waker(TaskId task) const;

  /// Wakes the task once when the descriptor is readable. False where that
  /// cannot be waited for (a regular file). Closing the descriptor ends it.
  bool wake_when_readable(TaskId task, int descriptor);

  /// Calls back each time when the descriptor is readable, on the thread that
  /// waits for events: `readable` must not block. The descriptor must outlive
  /// the scheduler.
  void call_when_readable(int descriptor, std::function<void()> readable);

  /// To be asked by the code of turns. Outside of one it is always open.
  Gate gate() const;

  HangDomains& domains() const;

  /// Turns that hang now, and where: domains, or tasks whose place is unknown.
  std::size_t hanging() const;
  std::vector<std::string> hanging_places() const;

  /// Turns go on being taken: a worker is there or can be had.
  bool works() const;

  /// No further turn begins; waits for those under way. False where one is
  /// left behind: what its task uses must be held by it.
  bool stop(std::chrono::milliseconds patience);

 private:
  class State;

  std::shared_ptr<State> state_;
};

}  // namespace openclaw_lock
