// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "core/base/monotonic_time.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {

/// A file that many readers need is read once for all who ask within a span.
/// Thread-safe; who asks waits for the reading, so it must not hang.
template <typename Value>
class SharedReading {
 public:
  using Read = std::function<std::shared_ptr<const Value>()>;

  SharedReading(Read read, std::chrono::milliseconds span)
      : read_{std::move(read)}, span_{span} {}

  /// At most `span` old.
  std::shared_ptr<const Value> get() {
    const std::lock_guard guard{mutex_};
    const auto now = monotonic_now();
    if (!read_at_ || now - *read_at_ >= span_) {
      value_ = read_();
      read_at_ = now;
    }
    return value_;
  }

 private:
  const Read read_;
  const std::chrono::milliseconds span_;
  std::mutex mutex_;
  std::optional<MonotonicTime> read_at_;
  std::shared_ptr<const Value> value_;
};

}  // namespace openclaw_lock
