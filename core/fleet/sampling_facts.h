// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace openclaw_lock {

/// What is known of how readings are made.
struct SamplingFacts {
  /// Readings that a file system or device does not let end, a thread each.
  std::size_t hanging = 0;
  /// Time between two looks for threads that disks hold up; empty: none looks.
  std::optional<std::chrono::microseconds> stall_interval;

  bool operator==(const SamplingFacts&) const = default;
};

}  // namespace openclaw_lock
