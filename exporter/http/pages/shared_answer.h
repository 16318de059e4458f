// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace openclaw_lock {

/// One text for all who ask at the same time, so that many cost hardly more
/// than one. Nobody gets a text that was begun before he asked, and it lives no
/// longer than those who use it. Thread-safe.
class SharedAnswer {
 public:
  using Make = std::function<std::string()>;

  explicit SharedAnswer(Make make) : make_{std::move(make)} {}

  /// Waits for the text; throws what `make` throws, to the one who made it.
  std::shared_ptr<const std::string> get() {
    std::unique_lock lock{mutex_};
    ++asking_;
    const auto wanted = begun_ + 1;
    while (ended_ < wanted) {
      if (making_) {
        changed_.wait(lock);
        continue;
      }
      making_ = true;
      const auto number = ++begun_;
      lock.unlock();
      std::shared_ptr<const std::string> made;
      try {
        made = std::make_shared<const std::string>(make_());
      } catch (...) {
        lock.lock();
        making_ = false;
        --asking_;
        changed_.notify_all();
        throw;
      }
      lock.lock();
      making_ = false;
      text_ = std::move(made);
      ended_ = number;
      changed_.notify_all();
    }
    auto text = text_;
    if (--asking_ == 0) text_.reset();
    return text;
  }

 private:
  const Make make_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const std::string> text_;
  std::uint64_t asking_ = 0;  ///< who wait for a text
  std::uint64_t begun_ = 0;
  std::uint64_t ended_ = 0;  ///< the newest that was made whole
  bool making_ = false;
};

}  // namespace openclaw_lock
