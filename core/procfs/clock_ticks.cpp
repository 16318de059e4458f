// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/clock_ticks.h"

#include <algorithm>

namespace openclaw_lock {

std::int64_t bounded_ticks(std::uint64_t ticks) {
  constexpr std::uint64_t kMaxTicks = UINT64_C(1) << 50;
  return static_cast<std::int64_t>(std::min(ticks, kMaxTicks));
}

std::chrono::milliseconds span_of_ticks(std::uint64_t ticks,
                                        long ticks_per_second) {
  const std::int64_t hertz = std::max(ticks_per_second, 1L);
  const auto whole = bounded_ticks(ticks);
  return std::chrono::milliseconds{whole / hertz * 1000 +
                                   whole % hertz * 1000 / hertz};
}

}  // namespace openclaw_lock
