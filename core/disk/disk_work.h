// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace openclaw_lock {

/// Requests of one kind that are done, and the time that they took together,
/// from when they were handed in until they were answered: requests that ran
/// at once count each their own.
struct DiskOperations {
  std::uint64_t count = 0;
  std::chrono::milliseconds wait{};

  bool operator==(const DiskOperations&) const = default;
};

/// What one device or server has done since it was there. Empty: the kernel
/// does not count these.
struct DiskWork {
  std::optional<DiskOperations> read;
  std::optional<DiskOperations> write;
  std::optional<DiskOperations> flush;  ///< of write caches to the medium

  bool operator==(const DiskWork&) const = default;
};

}  // namespace openclaw_lock
