// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/base/monotonic_time.h"

namespace openclaw_lock {

/// Something that is read in turns. One worker at a time calls it, each time
/// perhaps another; it may hang in the system, and costs that worker then.
class Task {
 public:
  Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  virtual ~Task() = default;

  /// For our log, in plain words, e.g. `locks of main`.
  virtual std::string name() const = 0;

  /// A path on the file system that each turn touches; empty: none that could
  /// hang. While that hangs no turn begins.
  virtual std::string home() const { return {}; }

  /// How long a turn may take before it counts as hanging.
  virtual std::chrono::milliseconds patience() const = 0;

  /// One turn; returns when the next is due, if nothing wakes it before. What
  /// it throws is logged, and it has its next turn all the same.
  virtual MonotonicTime run(MonotonicTime now) = 0;

  /// A task that takes over where this one hangs; null: there is none, and the
  /// turns go on when it returns.
  virtual std::shared_ptr<Task> successor() const { return nullptr; }
};

}  // namespace openclaw_lock
