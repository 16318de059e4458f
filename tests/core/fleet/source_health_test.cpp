// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/source_health.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr MonotonicTime kStart{1000s};
constexpr WallTime kWall{1795216202s};
const SourceTiming kTiming{5s, 10s};
constexpr auto kTimeout = static_cast<std::size_t>(Fault::timeout);

SourceHistory after_round(const RoundResult& result,
                          std::chrono::milliseconds took = 20ms) {
  SourceHistory history;
  history.begin(kTiming, kStart);
  history.finish(result, kTiming, kStart + took, kWall);
  return history;
}

SourceHealth health(const SourceHistory& history,
                    std::chrono::milliseconds after_start) {
  return assess_source(history, kTiming, kStart + after_start);
}

}  // namespace

TEST_CASE("assess_source: before its first round a reader has no health") {
  const auto now = health({}, 0ms);
  CHECK_FALSE(now.up);
  CHECK_FALSE(now.fresh);
  CHECK_FALSE(now.settled);
  CHECK_FALSE(now.last_duration);
}

TEST_CASE(
    "assess_source: a first round under way is not settled, until its "
    "patience ends") {
  SourceHistory history;
  history.begin(kTiming, kStart);
  CHECK_FALSE(health(history, 10s).settled);
  const auto late = health(history, 10s + 1ms);
  CHECK(late.settled);
  CHECK_FALSE(late.up);
  CHECK_FALSE(late.fresh);
  CHECK(late.problems[kTimeout] == 1);
}

TEST_CASE("assess_source: a round that succeeded is up and fresh") {
  const auto now = health(after_round({true, {}}), 1s);
  CHECK(now.up);
  CHECK(now.fresh);
  CHECK(now.settled);
  CHECK(now.last_success_at == kWall);
  CHECK(now.last_duration == 20ms);
  CHECK(now.problems == ProblemCounts{});
}

TEST_CASE("assess_source: a round that failed is down, yet fresh") {
  const auto now =
      health(after_round({false, {{Fault::denied, "x", "y"}}}), 1s);
  CHECK_FALSE(now.up);
  CHECK(now.fresh);
  CHECK(now.settled);
  CHECK_FALSE(now.last_success_at);
  CHECK(now.problems[static_cast<std::size_t>(Fault::denied)] == 1);
}

TEST_CASE("assess_source: a failure keeps the time of the last success") {
  auto history = after_round({true, {}});
  history.begin(kTiming, kStart + 5s);
  history.finish({false, {}}, kTiming, kStart + 6s, kWall + 6s);
  const auto now = health(history, 7s);
  CHECK_FALSE(now.up);
  CHECK(now.last_success_at == kWall);
  CHECK(now.last_duration == 1s);
}

TEST_CASE("assess_source: a later round that hangs takes freshness away") {
  auto history = after_round({true, {}});
  history.begin(kTiming, kStart + 5s);
  CHECK(health(history, 15s).up);
  const auto hanging = health(history, 15s + 1ms);
  CHECK_FALSE(hanging.up);
  CHECK_FALSE(hanging.fresh);
  CHECK(hanging.settled);
  CHECK(hanging.problems[kTimeout] == 1);
}

TEST_CASE("assess_source: a round that never begins is a hang as well") {
  const auto history = after_round({true, {}}, 0ms);
  CHECK(health(history, 15s).up);
  CHECK_FALSE(health(history, 15s + 1ms).up);
}

TEST_CASE("assess_source: so is a first round that never begins") {
  SourceHistory history;
  history.expected_since = kStart;
  CHECK_FALSE(health(history, 15s).settled);
  CHECK(health(history, 16s).settled);
  CHECK(health(history, 16s).problems[kTimeout] == 1);
  history.begin(kTiming, kStart + 16s);
  CHECK(health(history, 16s).problems[kTimeout] == 1);
}

TEST_CASE("assess_source: a hang that ended is one timeout for good") {
  auto history = after_round({true, {}}, 60s);
  CHECK(health(history, 60s).up);
  CHECK(health(history, 60s).problems[kTimeout] == 1);
  history.begin(kTiming, kStart + 61s);
  CHECK(health(history, 62s).problems[kTimeout] == 1);
  CHECK(health(history, 72s).problems[kTimeout] == 2);
  history.finish({true, {}}, kTiming, kStart + 72s, kWall);
  CHECK(health(history, 72s).problems[kTimeout] == 2);
}

TEST_CASE("assess_source: so is one between rounds, or that another ends") {
  auto history = after_round({true, {}}, 0ms);
  CHECK(health(history, 16s).problems[kTimeout] == 1);
  history.begin(kTiming, kStart + 16s);
  CHECK(health(history, 16s).problems[kTimeout] == 1);
  CHECK(health(history, 16s).up);
  history.begin(kTiming, kStart + 27s);
  CHECK(health(history, 27s).problems[kTimeout] == 2);
  history.finish({true, {}}, kTiming, kStart + 28s, kWall);
  CHECK(health(history, 28s).problems[kTimeout] == 2);
}

TEST_CASE("SourceHistory: counts the problems of all rounds") {
  auto history = after_round(
      {true, {{Fault::malformed, "a", ""}, {Fault::malformed, "b", ""}}});
  history.begin(kTiming, kStart + 5s);
  history.finish({true, {{Fault::malformed, "a", ""}}}, kTiming, kStart + 5s,
                 kWall);
  CHECK(history.problems[static_cast<std::size_t>(Fault::malformed)] == 3);
}

TEST_CASE("SourceHistory: finish without begin has no duration") {
  SourceHistory history;
  history.finish({true, {}}, kTiming, kStart, kWall);
  CHECK_FALSE(history.last_duration);
  CHECK(health(history, 1s).up);
}

TEST_CASE("kFaultCount: every fault has a name of its own") {
  std::string names;
  for (std::size_t i = 0; i < kFaultCount; ++i)
    names += std::string{to_string(static_cast<Fault>(i))} + ' ';
  CHECK(names ==
        "missing denied malformed too_big io timeout namespace "
        "unsupported unrecognised ");
}
