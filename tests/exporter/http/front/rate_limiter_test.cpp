// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/rate_limiter.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("RateLimiter: a burst, then one each interval") {
  RateLimiter limiter{{100ms, 3}};
  const MonotonicTime start{1h};
  for (int i = 0; i < 3; ++i) CHECK(limiter.allow(start));
  CHECK_FALSE(limiter.allow(start));
  CHECK_FALSE(limiter.allow(start + 99ms));
  CHECK(limiter.allow(start + 100ms));
  CHECK_FALSE(limiter.allow(start + 150ms));
  CHECK(limiter.allow(start + 200ms));
}

TEST_CASE("RateLimiter: what is not used is kept up to the burst") {
  RateLimiter limiter{{1ms, 2}};
  const MonotonicTime start{1h};
  CHECK(limiter.allow(start));
  CHECK(limiter.allow(start + 1h));
  CHECK(limiter.allow(start + 1h));
  CHECK_FALSE(limiter.allow(start + 1h));
}

TEST_CASE("RateLimiter: a clock that goes back gives nothing") {
  RateLimiter limiter{{10ms, 1}};
  const MonotonicTime start{1h};
  CHECK(limiter.allow(start));
  CHECK_FALSE(limiter.allow(start - 1h));
  CHECK_FALSE(limiter.allow(start + 5ms));
  CHECK(limiter.allow(start + 10ms));
}
