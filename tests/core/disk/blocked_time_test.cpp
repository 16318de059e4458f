// SPDX-License-Identifier: Apache-2.0
#include "core/disk/blocked_time.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr MonotonicTime kStart{100s};

}  // namespace

TEST_CASE("BlockedTime: a look stands for the span since the one before") {
  BlockedTime time;
  CHECK_FALSE(time.total());
  time.observe(kStart, true);
  CHECK(time.total() == 0us);
  time.observe(kStart + 100ms, true);
  time.observe(kStart + 200ms, false);
  time.observe(kStart + 500ms, true);
  CHECK(time.total() == 400ms);
}

TEST_CASE("BlockedTime: a span without anything to look at counts not") {
  BlockedTime time;
  time.observe(kStart, true);
  time.pause();
  time.observe(kStart + 1h, true);
  CHECK(time.total() == 0us);
  time.observe(kStart + 1h + 1s, true);
  CHECK(time.total() == 1s);
}
