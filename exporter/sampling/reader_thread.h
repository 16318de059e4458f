// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "exporter/system/thread.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Asks a reader's loop to end, or to look at once.
class StopSignal {
 public:
  StopSignal();

  void request();
  bool requested() const { return requested_; }

  /// Readable once requested; for poll(2).
  int descriptor() const { return event_.get(); }

  /// Waits at most `span`; false where the end was requested.
  bool sleep(std::chrono::milliseconds span) const;

 private:
  std::atomic<bool> requested_ = false;
  UniqueFd event_;
};

/// One thread that may hang in the system for ever. Its loop gets a StopSignal
/// and must return soon after it is requested, if the system lets it; what it
/// throws ends the loop with a log line, nothing else.
class ReaderThread {
 public:
  using Loop = std::function<void(const StopSignal&)>;

  /// Throws std::runtime_error where no thread can be made.
  ReaderThread(std::string name, Loop loop);
  ReaderThread(const ReaderThread&) = delete;
  ReaderThread& operator=(const ReaderThread&) = delete;
  ~ReaderThread();

  void request_stop();

  /// The loop has returned or thrown.
  bool ended() const;

  /// Waits until the loop has ended; false, and the thread left to itself,
  /// where `patience` runs out. What the loop uses must then live on: it is to
  /// hold it by shared_ptr.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct State {
    std::string name;
    StopSignal signal;
    mutable std::mutex mutex;
    std::condition_variable changed;
    bool ended = false;
  };

  static void run(const std::shared_ptr<State>& state, const Loop& loop);

  std::shared_ptr<State> state_;
  Thread thread_;
};

}  // namespace openclaw_lock
