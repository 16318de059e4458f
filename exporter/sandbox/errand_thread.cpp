// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/errand_thread.h"

namespace openclaw_lock {

ErrandThread::ErrandThread() : thread_{[this] { loop(); }} {}

ErrandThread::~ErrandThread() {
  {
    const std::lock_guard guard{mutex_};
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ErrandThread::put(std::function<void()> errand) {
  const std::lock_guard guard{mutex_};
  errands_.push_back(std::move(errand));
  changed_.notify_all();
}

void ErrandThread::loop() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || !errands_.empty(); });
    if (errands_.empty()) return;
    const auto errand = std::move(errands_.front());
    errands_.pop_front();
    lock.unlock();
    errand();
    lock.lock();
  }
}

}  // namespace openclaw_lock
