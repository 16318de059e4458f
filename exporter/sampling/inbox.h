// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <utility>

namespace openclaw_lock {

/// The newest order to a task, which looks here when it has its turn.
/// Thread-safe.
template <typename Order>
class Inbox {
 public:
  void put(Order order) {
    const std::lock_guard guard{mutex_};
    order_ = std::move(order);
  }

  /// Empty: nothing new.
  std::optional<Order> take() {
    const std::lock_guard guard{mutex_};
    return std::exchange(order_, {});
  }

 private:
  std::mutex mutex_;
  std::optional<Order> order_;
};

}  // namespace openclaw_lock
