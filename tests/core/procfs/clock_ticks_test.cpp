// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/clock_ticks.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using std::chrono::milliseconds;

TEST_CASE("span_of_ticks: whole and broken seconds, rounded down") {
  CHECK(span_of_ticks(183700, 100) == milliseconds{1'837'000});
  CHECK(span_of_ticks(183701, 100) == milliseconds{1'837'010});
  CHECK(span_of_ticks(1023, 1024) == milliseconds{999});
  CHECK(span_of_ticks(0, 100) == milliseconds{0});
}

TEST_CASE("span_of_ticks: a rate that cannot be counts as 1") {
  CHECK(span_of_ticks(2, 0) == milliseconds{2000});
  CHECK(span_of_ticks(2, -1) == milliseconds{2000});
}

TEST_CASE("bounded_ticks: absurd numbers stay positive and do not overflow") {
  CHECK(bounded_ticks(118885) == 118885);
  CHECK(bounded_ticks(UINT64_MAX) == INT64_C(1) << 50);
  CHECK(span_of_ticks(UINT64_MAX, 1) > milliseconds{0});
}
