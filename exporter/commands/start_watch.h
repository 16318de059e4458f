// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>

#include "exporter/system/thread.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Watches over a command while it does, on its own thread, what may hang in
/// the system for ever: reads its configuration, opens what it writes. Ends the
/// process on SIGTERM and SIGINT (exit code 0), and where a step outlives its
/// patience (exit code 1, with a line on standard error that names the step).
class StartWatch {
 public:
  static constexpr std::chrono::milliseconds kPatience{10000};

  /// hold_signals() comes first. Where there is no thread or descriptor to be
  /// had nobody watches.
  explicit StartWatch(std::chrono::milliseconds patience = kPatience);
  StartWatch(const StartWatch&) = delete;
  StartWatch& operator=(const StartWatch&) = delete;
  ~StartWatch() { end(); }

  /// A step begins now; `what` is asked to answer, such as a file.
  void step(std::string what);

  /// What follows has a patience of its own.
  void rest();

  /// Signals wait for wait_for_signal() from now on.
  void end();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void watch();
  void wake() const;
  /// Milliseconds until the step has outlived its patience; -1: never.
  int left() const;
  [[noreturn]] void give_up() const;

  const std::chrono::milliseconds patience_;
  UniqueFd signals_;
  UniqueFd woken_;
  mutable std::mutex mutex_;
  std::string what_;
  Time until_ = Time::max();
  bool ended_ = false;
  Thread thread_;  ///< last: it uses all the others
};

}  // namespace openclaw_lock
