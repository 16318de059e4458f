// SPDX-License-Identifier: Apache-2.0
#include "core/disk_probe/disk_probe.h"

#include <doctest/doctest.h>

#include <functional>

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("kProbeBounds: rise, and hold how long OpenClaw waits for a lock") {
  CHECK(std::is_sorted(kProbeBounds.begin(), kProbeBounds.end(),
                       std::less_equal<>{}));
  for (const double limit : {10.0, 60.0}) {
    CAPTURE(limit);
    CHECK(std::binary_search(kProbeBounds.begin(), kProbeBounds.end(), limit));
  }
}

TEST_CASE("ProbeHistogram: tells microseconds apart") {
  ProbeHistogram histogram;
  histogram.observe(100us);
  histogram.observe(101us);
  histogram.observe(61s);
  CHECK(histogram.buckets.front() == 1);
  CHECK(histogram.buckets[1] == 1);
  CHECK(histogram.buckets.back() == 1);
  CHECK(histogram.count() == 3);
  CHECK(histogram.sum_seconds == doctest::Approx(61.000201));
}

TEST_CASE("rest_after_probe: the interval while the disk is fast") {
  CHECK(rest_after_probe(60s, 0us) == 60s);
  CHECK(rest_after_probe(60s, 600ms) == 60s);
  CHECK(rest_after_probe(1s, 10ms) == 1s);
}

TEST_CASE("rest_after_probe: a hundred times what a slow one took") {
  CHECK(rest_after_probe(60s, 601ms) == 60100ms);
  CHECK(rest_after_probe(1s, 20ms) == 2s);
  CHECK(rest_after_probe(1s, 20001us) == 2001ms);
}

TEST_CASE("rest_after_probe: at most ten minutes, or the interval") {
  CHECK(rest_after_probe(60s, 6s) == 10min);
  CHECK(rest_after_probe(60s, std::chrono::hours{24 * 365}) == 10min);
  CHECK(rest_after_probe(60s, std::chrono::microseconds::max()) == 10min);
  CHECK(rest_after_probe(1h, 1min) == 1h);
}
