// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace openclaw_lock {

/// Bytes that are read at most of files in procfs. What is longer is none that
/// Linux writes, or of a host with more mounts than we follow.
inline constexpr std::size_t kMaxStat = 4096;
inline constexpr std::size_t kMaxStatus = 1 << 20;  // with 65536 groups
inline constexpr std::size_t kMaxMountinfo = 4 << 20;

}  // namespace openclaw_lock
