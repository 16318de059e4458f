// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>

namespace openclaw_lock {

/// A process for as long as it lives; a pid alone is given again.
struct ProcessIdentity {
  int pid = 0;
  std::uint64_t start_ticks = 0;  ///< field 22 of its stat

  auto operator<=>(const ProcessIdentity&) const = default;
};

}  // namespace openclaw_lock
