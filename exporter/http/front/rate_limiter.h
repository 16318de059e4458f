// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/source_health.h"
#include "exporter/http/access/web_config.h"

namespace openclaw_lock {

/// A token bucket: full at first, one token more each interval. Not
/// thread-safe.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimit limit)
      : limit_{limit}, tokens_{static_cast<double>(limit.burst)} {}

  const RateLimit& limit() const { return limit_; }

  /// Takes a token; false where there is none.
  bool allow(MonotonicTime now);

 private:
  RateLimit limit_;
  double tokens_;
  std::optional<MonotonicTime> last_;
};

}  // namespace openclaw_lock
