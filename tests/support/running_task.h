// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include "exporter/sampling/scheduler.h"

namespace openclaw_lock {

/// A task that a scheduler of its own runs.
template <typename TaskType>
class RunningTask {
 public:
  /// `make` gets the scheduler and the task's number.
  template <typename Make>
  explicit RunningTask(const Make& make,
                       const std::filesystem::path& procfs = "/proc")
      : scheduler_{std::make_shared<Scheduler>(procfs)} {
    id_ = scheduler_->add(
        [&](TaskId id) { return task_ = make(scheduler_, id); });
  }

  TaskType& operator*() const { return *task_; }
  TaskType* operator->() const { return task_.get(); }
  const auto& source() const { return task_->source(); }
  void wake() const { scheduler_->wake(id_); }
  bool stop(std::chrono::milliseconds patience) const {
    return scheduler_->stop(patience);
  }
  Scheduler& scheduler() const { return *scheduler_; }

 private:
  std::shared_ptr<Scheduler> scheduler_;
  std::shared_ptr<TaskType> task_;
  TaskId id_ = 0;
};

}  // namespace openclaw_lock
