// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/rate_limiter.h"

#include <algorithm>

namespace openclaw_lock {

bool RateLimiter::allow(MonotonicTime now) {
  using Milliseconds = std::chrono::duration<double, std::milli>;
  if (last_ && now > *last_)
    tokens_ = std::min(
        static_cast<double>(limit_.burst),
        tokens_ + Milliseconds{now - *last_} / Milliseconds{limit_.interval});
  last_ = last_ ? std::max(*last_, now) : now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

}  // namespace openclaw_lock
