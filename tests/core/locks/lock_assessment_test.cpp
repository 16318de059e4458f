// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_assessment.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kNow{std::chrono::seconds{1795216202}};
const LockSeries kMain{"main", LockKind::session};

JudgedLock lock(Holder holder, std::chrono::milliseconds age,
                const LockSeries& series = kMain) {
  return {series, {holder}, kNow - age};
}

LockSnapshot snapshot(std::vector<JudgedLock> locks) {
  LockSnapshot made;
  made.agents = {"main"};
  made.locks = std::move(locks);
  return made;
}

std::uint64_t files(const LockGauges& gauges, Holder holder) {
  return gauges.files[static_cast<std::size_t>(holder)];
}

std::optional<std::chrono::milliseconds> oldest(const LockGauges& gauges,
                                                Holder holder) {
  return gauges.oldest_age[static_cast<std::size_t>(holder)];
}

LockClaim created(WallTime at) {
  LockClaim claim;
  claim.created_at = at;
  return claim;
}

}  // namespace

TEST_CASE("acquired_at: createdAt, else the mtime") {
  const auto modified = kNow - 10s;
  CHECK(acquired_at(created(kNow - 60s), modified, kNow) == kNow - 60s);
  CHECK(acquired_at(created(kNow), modified, kNow) == kNow);
  CHECK(acquired_at(LockClaim{}, modified, kNow) == modified);
  CHECK(acquired_at({}, modified, kNow) == modified);
}

TEST_CASE("acquired_at: a createdAt in the future is a clock that differs") {
  CHECK(acquired_at(created(kNow + 1ms), kNow - 10s, kNow) == kNow - 10s);
}

TEST_CASE("is_leftover: what is older than the newest era C gateway") {
  CHECK_FALSE(is_leftover(kNow, {}));
  CHECK(is_leftover(kNow - 1ms, kNow));
  CHECK(is_leftover(kNow, kNow));
  CHECK_FALSE(is_leftover(kNow + 1ms, kNow));
}

TEST_CASE(
    "assess_locks: an agent without locks has zeros of both kinds and "
    "no ages") {
  const auto assessment = assess_locks(snapshot({}), kNow);
  REQUIRE(assessment.gauges.size() == 2);
  for (const auto& [series, gauges] : assessment.gauges) {
    CHECK(series.agent == "main");
    for (const auto holder : kHolders) {
      CHECK(files(gauges, holder) == 0);
      CHECK_FALSE(oldest(gauges, holder));
    }
  }
  CHECK(assessment.overdue ==
        std::map<std::string, std::uint64_t>{{"main", 0}});
}

TEST_CASE("assess_locks: without agents there is nothing, not zero") {
  const auto assessment = assess_locks({}, kNow);
  CHECK(assessment.gauges.empty());
  CHECK(assessment.overdue.empty());
}

TEST_CASE("assess_locks: counts and the oldest of each holder") {
  const auto assessment = assess_locks(
      snapshot({lock(Holder::alive, 5s), lock(Holder::alive, 70s),
                lock(Holder::alive, 6s), lock(Holder::dead, 400s),
                lock(Holder::unknown, 1s,
                     LockSeries{"main", LockKind::session_store})}),
      kNow);
  const auto& gauges = assessment.gauges.at(kMain);
  CHECK(files(gauges, Holder::alive) == 3);
  CHECK(oldest(gauges, Holder::alive) == 70s);
  CHECK(files(gauges, Holder::dead) == 1);
  CHECK(oldest(gauges, Holder::dead) == 400s);
  CHECK(files(gauges, Holder::unknown) == 0);
  const auto& store =
      assessment.gauges.at(LockSeries{"main", LockKind::session_store});
  CHECK(files(store, Holder::unknown) == 1);
}

TEST_CASE("assess_locks: an age below 0 counts as 0") {
  const auto assessment =
      assess_locks(snapshot({lock(Holder::alive, -5s)}), kNow);
  CHECK(oldest(assessment.gauges.at(kMain), Holder::alive) == 0ms);
}

TEST_CASE(
    "assess_locks: overdue is over the lock's own limit, 300 s where it "
    "has none") {
  const auto overdue = [](std::chrono::milliseconds age,
                          std::optional<std::chrono::milliseconds> limit) {
    auto held = lock(Holder::alive, age);
    held.max_hold = limit;
    return assess_locks(snapshot({held}), kNow).overdue.at("main");
  };
  CHECK(overdue(300s, {}) == 0);
  CHECK(overdue(300001ms, {}) == 1);
  CHECK(overdue(1020s, 1020s) == 0);
  CHECK(overdue(1020001ms, 1020s) == 1);
  CHECK(overdue(11s, 10s) == 1);
}

TEST_CASE("assess_locks: only a live holder is overdue") {
  const auto assessment = assess_locks(
      snapshot({lock(Holder::dead, 9999s), lock(Holder::recycled, 9999s),
                lock(Holder::unknown, 9999s)}),
      kNow);
  CHECK(assessment.overdue.at("main") == 0);
}

TEST_CASE("assess_locks: agents that were not read whole are left out") {
  const auto assessment = assess_locks(
      snapshot({lock(Holder::alive, 5s, {"other", LockKind::session})}), kNow);
  CHECK(assessment.gauges.size() == 2);
  CHECK_FALSE(assessment.overdue.contains("other"));
}
