// SPDX-License-Identifier: Apache-2.0
#include "core/locks/hold_histogram.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::size_t bucket_of(std::chrono::milliseconds span) {
  HoldHistogram histogram;
  histogram.observe(span);
  const auto found =
      std::find(histogram.buckets.begin(), histogram.buckets.end(), 1U);
  return static_cast<std::size_t>(found - histogram.buckets.begin());
}

}  // namespace

TEST_CASE("kHoldBounds: rise from 5 ms to 30 min and hold OpenClaw's limits") {
  CHECK(std::is_sorted(kHoldBounds.begin(), kHoldBounds.end(),
                       std::less_equal<>{}));
  CHECK(kHoldBounds.front() == 0.005);
  CHECK(kHoldBounds.back() == 1800);
  for (const double limit : {10.0, 60.0, 300.0, 1020.0}) {
    CAPTURE(limit);
    CHECK(std::binary_search(kHoldBounds.begin(), kHoldBounds.end(), limit));
  }
}

TEST_CASE("HoldHistogram: a bound belongs to its own bucket") {
  CHECK(bucket_of(0ms) == 0);
  CHECK(bucket_of(5ms) == 0);
  CHECK(bucket_of(6ms) == 1);
  CHECK(bucket_of(10ms) == 1);
  for (std::size_t i = 0; i < kHoldBounds.size(); ++i) {
    const std::chrono::milliseconds bound{
        static_cast<std::int64_t>(kHoldBounds[i] * 1000 + 0.5)};
    CAPTURE(kHoldBounds[i]);
    CHECK(bucket_of(bound) == i);
    CHECK(bucket_of(bound + 1ms) == i + 1);
  }
}

TEST_CASE("HoldHistogram: beyond the last bound is the last bucket") {
  CHECK(bucket_of(std::chrono::hours{24 * 365}) == kHoldBounds.size());
}

TEST_CASE("HoldHistogram: counts and sums") {
  HoldHistogram histogram;
  CHECK(histogram.count() == 0);
  histogram.observe(1500ms);
  histogram.observe(20ms);
  histogram.observe(20ms);
  CHECK(histogram.count() == 3);
  CHECK(histogram.sum_seconds == doctest::Approx(1.54));
}

TEST_CASE("HoldHistogram: a clock set back gives a hold of 0") {
  HoldHistogram histogram;
  histogram.observe(-1ms);
  histogram.observe(-std::chrono::hours{1000});
  CHECK(histogram.buckets[0] == 2);
  CHECK(histogram.sum_seconds == 0);
}
