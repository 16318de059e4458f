// SPDX-License-Identifier: Apache-2.0
#include "core/locks/hold_histogram.h"

#include <algorithm>
#include <numeric>

#include "core/base/wall_time.h"

namespace openclaw_lock {

void HoldHistogram::observe(std::chrono::milliseconds span) {
  const double seconds = std::max(0.0, to_seconds(span));
  const auto bound =
      std::lower_bound(kHoldBounds.begin(), kHoldBounds.end(), seconds);
  ++buckets[static_cast<std::size_t>(bound - kHoldBounds.begin())];
  sum_seconds += seconds;
}

std::uint64_t HoldHistogram::count() const {
  return std::accumulate(buckets.begin(), buckets.end(), std::uint64_t{0});
}

}  // namespace openclaw_lock
