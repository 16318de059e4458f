// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "core/fleet/source_health.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {

/// Where one reader leaves its latest value and how its rounds went, and where
/// scrapes find them. Thread-safe; nobody waits for a reader here.
template <typename Value>
class Source {
 public:
  explicit Source(SourceTiming timing) : timing_{timing} {
    history_.expected_since = monotonic_now();
  }

  void begin_round() {
    const std::lock_guard guard{mutex_};
    history_.begin(timing_, monotonic_now());
  }

  void finish_round(const RoundResult& result) {
    const std::lock_guard guard{mutex_};
    history_.finish(result, timing_, monotonic_now(), wall_time_now());
  }

  void put(std::shared_ptr<const Value> value) {
    const std::lock_guard guard{mutex_};
    value_ = std::move(value);
  }

  /// Null before the first one.
  std::shared_ptr<const Value> latest() const {
    const std::lock_guard guard{mutex_};
    return value_;
  }

  SourceHealth health() const {
    const std::lock_guard guard{mutex_};
    return assess_source(history_, timing_, monotonic_now());
  }

 private:
  const SourceTiming timing_;
  mutable std::mutex mutex_;
  SourceHistory history_;
  std::shared_ptr<const Value> value_;
};

}  // namespace openclaw_lock
