// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace openclaw_lock {

/// Device and inode: what a directory is, whatever path leads there.
struct DirectoryIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  auto operator<=>(const DirectoryIdentity&) const = default;
};

}  // namespace openclaw_lock
