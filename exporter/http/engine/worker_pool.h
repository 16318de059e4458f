// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "core/base/result.h"

namespace openclaw_lock {

/// Threads that answer requests: one always, more while there are more
/// requests. Thread-safe.
class WorkerPool {
 public:
  using Task = std::function<void()>;

  /// At most `most` workers, at least one; those beyond the first leave after
  /// `idle` without a task. The problem is that of the first thread.
  static Result<std::unique_ptr<WorkerPool>> start(
      std::size_t most, std::chrono::milliseconds idle);

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;
  /// Waits for every task that was taken.
  ~WorkerPool();

  /// Has a free worker run the task, soon. False, and the task not taken: all
  /// are busy, and one more is not allowed or cannot be started. Does not
  /// block.
  bool offer(Task task);

  std::size_t workers() const;
  std::size_t idle() const;  ///< of them, without a task to come

 private:
  struct State {
    mutable std::mutex mutex;
    std::condition_variable offered;
    std::condition_variable left;
    std::deque<Task> tasks;
    std::size_t workers = 0;
    std::size_t busy = 0;  ///< of them, with a task
    bool stopped = false;
    std::chrono::milliseconds idle_time{};
  };

  WorkerPool(std::size_t most, std::chrono::milliseconds idle);

  std::optional<Problem> add_worker();
  static void work(State& state);
  static bool wait_for_task(State& state, std::unique_lock<std::mutex>& lock);

  const std::size_t most_;
  const std::shared_ptr<State> state_;
};

}  // namespace openclaw_lock
