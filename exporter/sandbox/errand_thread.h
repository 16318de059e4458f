// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "exporter/system/call_outcome.h"
#include "exporter/system/thread.h"

namespace openclaw_lock {

/// A thread that runs what it is handed. A confinement is a thread's own and
/// that of the threads it makes: what must be confined differently from the
/// first thread is made by one of these.
class ErrandThread {
 public:
  /// What it does by itself while there is no errand: at the start, after
  /// errands, and again after the span that it returns; nothing: not before the
  /// next errand.
  using Round = std::function<std::optional<std::chrono::milliseconds>()>;

  /// Throws std::runtime_error where no thread can be made.
  explicit ErrandThread(const std::string& name, Round round = {});
  ErrandThread(const ErrandThread&) = delete;
  ErrandThread& operator=(const ErrandThread&) = delete;
  /// Waits for what it runs.
  ~ErrandThread();

  /// Runs it there, waits, and returns or throws what it does.
  template <typename Errand>
  auto run(Errand errand) {
    const auto outcome =
        std::make_shared<CallOutcome<std::invoke_result_t<Errand>>>();
    put([outcome, &errand] { outcome->put(errand); });
    return outcome->take();
  }

  /// The same without waiting; what it throws is lost.
  template <typename Errand>
  void start(Errand errand) {
    put([task = std::make_shared<std::packaged_task<void()>>(
             std::move(errand))] { (*task)(); });
  }

 private:
  void put(std::function<void()> errand);
  void loop();
  bool wait_for_errand(std::unique_lock<std::mutex>& lock);

  const Round round_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> errands_;
  bool ended_ = false;
  Thread thread_;  ///< last: it uses all the others
};

}  // namespace openclaw_lock
