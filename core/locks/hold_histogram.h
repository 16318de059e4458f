// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

namespace openclaw_lock {

/// Upper bounds of openclaw_lock_hold_seconds and _wait_seconds, s: from the
/// fast store locks to 30 min, with OpenClaw's own limits among them (acquire
/// timeouts 10 and 60, watchdog 300, longest run 1020).
inline constexpr std::array<double, 19> kHoldBounds{
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,  1,    2.5, 5,
    10,    30,   60,    120,  300, 600,  1020, 1200, 1800};

/// Spans sorted into the buckets above.
struct HoldHistogram {
  /// Not cumulative; the last one is for what exceeds all bounds.
  std::array<std::uint64_t, kHoldBounds.size() + 1> buckets{};
  double sum_seconds = 0;

  /// A negative span (a clock that was set back) counts as 0.
  void observe(std::chrono::milliseconds span);
  std::uint64_t count() const;

  bool operator==(const HoldHistogram&) const = default;
};

}  // namespace openclaw_lock
