// SPDX-License-Identifier: Apache-2.0
#include "core/disk_probe/disk_probe.h"

namespace openclaw_lock {

std::chrono::milliseconds rest_after_probe(std::chrono::milliseconds interval,
                                           std::chrono::microseconds took) {
  constexpr int kFactor = 100;
  const auto longest = std::max(interval, kLongestProbeRest);
  if (took >= longest / kFactor) return longest;
  return std::max(interval,
                  std::chrono::ceil<std::chrono::milliseconds>(kFactor * took));
}

}  // namespace openclaw_lock
