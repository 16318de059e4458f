// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <numeric>

namespace openclaw_lock {

/// Spans sorted into buckets. `kBounds`: the upper bounds in s, rising.
template <const auto& kBounds>
struct SpanHistogram {
  /// Not cumulative; the last one is for what exceeds all bounds.
  std::array<std::uint64_t, kBounds.size() + 1> buckets{};
  double sum_seconds = 0;

  /// A negative span (a clock that was set back) counts as 0.
  void observe(std::chrono::microseconds span) {
    const double seconds =
        std::max(0.0, std::chrono::duration<double>{span}.count());
    const auto bound =
        std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
    ++buckets[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_seconds += seconds;
  }

  std::uint64_t count() const {
    return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
  }

  bool operator==(const SpanHistogram&) const = default;
};

}  // namespace openclaw_lock
