// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace openclaw_lock {

/// What a call on one thread returns or throws, for another thread that waits.
/// It is handed over whole: the thread that made the call keeps nothing of it,
/// not even of an exception. Both share its ownership. Thread-safe.
template <typename Value>
class CallOutcome {
 public:
  /// Makes the call. Once.
  template <typename Call>
  void put(Call& call) {
    std::optional<Held> value;
    std::exception_ptr error;
    try {
      if constexpr (std::is_void_v<Value>) {
        call();
        value.emplace();
      } else {
        value.emplace(call());
      }
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard guard{mutex_};
    value_ = std::move(value);
    error_ = std::move(error);
    is_there_ = true;
    changed_.notify_all();
  }

  /// Returns or throws what the call did. Once.
  Value take() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return is_there_; });
    if constexpr (std::is_void_v<Value>)
      static_cast<void>(take_held());
    else
      return take_held();
  }

  /// Empty: it has not come in time.
  std::optional<Value> take_within(std::chrono::milliseconds patience) requires(
      !std::is_void_v<Value>) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, patience, [this] { return is_there_; }))
      return {};
    return take_held();
  }

 private:
  using Held = std::conditional_t<std::is_void_v<Value>, std::monostate, Value>;

  Held take_held() {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return *std::exchange(value_, std::nullopt);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_there_ = false;
  std::optional<Held> value_;
  std::exception_ptr error_;
};

}  // namespace openclaw_lock
