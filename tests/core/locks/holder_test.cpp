// SPDX-License-Identifier: Apache-2.0
#include "core/locks/holder.h"

#include <doctest/doctest.h>

#include "tests/support/holder_evidence.h"

using namespace openclaw_lock;

namespace {

Holder judge(const LockClaim& claim, const HolderEvidence& evidence) {
  return judge_holder(claim, kAcquired, evidence).holder;
}

std::optional<Fault> obstacle(const LockClaim& claim,
                              const HolderEvidence& evidence) {
  return judge_holder(claim, kAcquired, evidence).obstacle;
}

}  // namespace

TEST_CASE("judge_holder: same pid and same start time is alive") {
  const auto verdict =
      judge_holder(claim_with_start(), kAcquired, proof_with(candidate()));
  CHECK(verdict == HolderVerdict{Holder::alive, {}});
}

TEST_CASE("judge_holder: alive needs no proof beyond the process itself") {
  HolderEvidence evidence;  // an exporter that sees nothing else
  evidence.candidates.push_back(candidate());
  CHECK(judge(claim_with_start(), evidence) == Holder::alive);
}

TEST_CASE(
    "judge_holder: a process we may not look into is alive all the same") {
  auto found = candidate();
  found.sees = Sees::unknown;  // EPERM at /proc/PID/root and mountinfo
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::alive);
}

TEST_CASE("judge_holder: no process with the pid and full proof is dead") {
  for (const auto& claim : {claim_with_start(), claim_without_start()}) {
    const auto verdict = judge_holder(claim, kAcquired, proof_of_absence());
    CHECK(verdict == HolderVerdict{Holder::dead, {}});
  }
}

TEST_CASE("judge_holder: another process with the pid is recycled") {
  const auto verdict = judge_holder(claim_with_start(), kAcquired,
                                    proof_with(candidate(kStart + 1)));
  CHECK(verdict == HolderVerdict{Holder::recycled, {}});
}

TEST_CASE("judge_holder: without a pid nothing is known, and nobody's fault") {
  LockClaim claim;
  claim.start_ticks = kStart;
  const auto verdict = judge_holder(claim, kAcquired, proof_of_absence());
  CHECK(verdict == HolderVerdict{Holder::unknown, {}});
}

TEST_CASE("judge_holder: with no evidence at all nothing is known") {
  CHECK(judge(claim_with_start(), {}) == Holder::unknown);
  CHECK(judge(claim_without_start(), {}) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: a missing pid proves nothing while /proc is "
    "incomplete") {
  auto evidence = proof_of_absence();
  evidence.table_complete = false;  // hidepid, or an entry that was not read
  for (const auto& claim : {claim_with_start(), claim_without_start()}) {
    CHECK(judge(claim, evidence) == Holder::unknown);
    CHECK(obstacle(claim, evidence) == Fault::denied);
  }
}

TEST_CASE(
    "judge_holder: a successor proves nothing while /proc is "
    "incomplete") {
  auto evidence = proof_with(candidate(kStart + 500));
  evidence.table_complete = false;
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: on a network file system the holder may be on "
    "another host") {
  for (auto evidence : {proof_of_absence(), proof_with(candidate(7))}) {
    evidence.local_filesystem = false;
    CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
    CHECK(obstacle(claim_with_start(), evidence) == Fault::pid_namespace);
    evidence.seen_alive = true;  // here or there: the numbers may coincide
    CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
  }
}

TEST_CASE(
    "judge_holder: outside the initial namespace a missing pid proves "
    "nothing") {
  auto evidence = proof_of_absence();
  evidence.initial_namespace = false;
  for (const auto& claim : {claim_with_start(), claim_without_start()}) {
    CHECK(judge(claim, evidence) == Holder::unknown);
    CHECK(obstacle(claim, evidence) == Fault::pid_namespace);
  }
}

TEST_CASE(
    "judge_holder: outside the initial namespace another process with "
    "the pid proves nothing") {
  auto evidence = proof_with(candidate(kStart + 500));
  evidence.initial_namespace = false;
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: a holder seen alive here and now gone is dead in any "
    "namespace") {
  auto evidence = proof_of_absence();
  evidence.initial_namespace = false;
  evidence.seen_alive = true;
  CHECK(judge(claim_with_start(), evidence) == Holder::dead);
  evidence.candidates.push_back(candidate(kStart + 500));
  CHECK(judge(claim_with_start(), evidence) == Holder::recycled);
  evidence.table_complete = false;
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
}

TEST_CASE("judge_holder: seen alive means nothing without a start time") {
  // A pid alone may have been another process of ours all the time.
  auto evidence = proof_of_absence();
  evidence.initial_namespace = false;
  evidence.seen_alive = true;
  CHECK(judge(claim_without_start(), evidence) == Holder::unknown);
}

TEST_CASE("judge_holder: a lock that changed meanwhile is judged next time") {
  for (auto evidence : {proof_of_absence(), proof_with(candidate(7))}) {
    evidence.lock_unchanged = false;
    const auto verdict = judge_holder(claim_with_start(), kAcquired, evidence);
    CHECK(verdict == HolderVerdict{Holder::unknown, {}});
  }
}

TEST_CASE(
    "judge_holder: start ticks that do not fit this boot are another "
    "kernel's") {
  auto claim = claim_with_start();
  SUBCASE("later than the lock") {
    claim.start_ticks = kStart + 100 * (60 + 3);
  }
  SUBCASE("later than the present") { claim.start_ticks = kStart + 360000; }
  SUBCASE("beyond all reason") { claim.start_ticks = INT64_MAX; }
  CHECK(judge(claim, proof_of_absence()) == Holder::unknown);
  CHECK(obstacle(claim, proof_of_absence()) == Fault::pid_namespace);
}

TEST_CASE(
    "judge_holder: start ticks may be 2 s younger than the lock, as "
    "btime is coarse") {
  auto claim = claim_with_start();
  claim.start_ticks = kStart + 100 * 60;
  CHECK(judge(claim, proof_of_absence()) == Holder::dead);
  claim.start_ticks = kStart + 100 * 60 + 100;
  CHECK(judge(claim, proof_of_absence()) == Holder::dead);
}

TEST_CASE("judge_holder: start ticks after the walk are another kernel's") {
  // createdAt by a clock ahead of ours, and a walk before it.
  auto claim = claim_with_start();
  claim.start_ticks = kStart + 100 * 60;
  auto evidence = proof_of_absence();
  evidence.table_started_at = kStarted;
  CHECK(judge(claim, evidence) == Holder::unknown);
}

TEST_CASE("judge_holder: without boot time start ticks cannot be proven ours") {
  auto evidence = proof_of_absence();
  evidence.boot_time.reset();
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
  CHECK(judge(claim_without_start(), evidence) == Holder::dead);
}

TEST_CASE("judge_holder: without start time the age decides") {
  const auto claim = claim_without_start();
  CHECK(judge(claim, proof_with(candidate(kStart))) == Holder::alive);
  CHECK(judge(claim, proof_with(candidate(0))) == Holder::alive);
  const auto at_lock = kStart + 60 * 100;
  CHECK(judge(claim, proof_with(candidate(at_lock + 200))) == Holder::alive);
  CHECK(judge(claim, proof_with(candidate(at_lock + 300))) == Holder::recycled);
}

TEST_CASE(
    "judge_holder: without start time and boot time any process with "
    "the pid leaves it open") {
  auto evidence = proof_with(candidate(kStart + 360000));
  evidence.boot_time.reset();
  CHECK(judge(claim_without_start(), evidence) == Holder::unknown);
  CHECK(obstacle(claim_without_start(), evidence) == Fault::denied);
}

TEST_CASE("judge_holder: a kernel thread with the pid is nobody") {
  for (const auto start : {kStart, kStart + 500, std::uint64_t{0}}) {
    auto found = candidate(start);
    found.stat.flags = kKernelThreadFlag | 0x40;
    CHECK(judge(claim_with_start(), proof_with(found)) == Holder::dead);
    CHECK(judge(claim_without_start(), proof_with(found)) == Holder::dead);
  }
}

TEST_CASE("judge_holder: one live match wins over any number of others") {
  auto evidence = proof_with(candidate(kStart + 500));
  evidence.candidates.push_back(in_container(kStart + 700));
  evidence.candidates.push_back(candidate());
  CHECK(judge(claim_with_start(), evidence) == Holder::alive);
}

TEST_CASE("judge_holder: the extremes of numbers do no harm") {
  for (const std::uint64_t claimed :
       {std::uint64_t{0}, kStart, std::uint64_t{INT64_MAX}, UINT64_MAX}) {
    for (const std::uint64_t seen :
         {std::uint64_t{0}, kStart, std::uint64_t{INT64_MAX}, UINT64_MAX}) {
      for (const std::int64_t offset : {INT64_MIN / 4, INT64_MAX / 4}) {
        auto claim = claim_with_start();
        claim.start_ticks = claimed;
        auto found = in_container(seen);
        found.offset_ticks = offset;
        auto evidence = proof_with(found);
        evidence.ticks_per_second = offset < 0 ? 0 : 1;
        CAPTURE(claimed);
        CAPTURE(seen);
        CAPTURE(offset);
        const auto holder = judge(claim, evidence);
        CHECK((holder == Holder::alive) == (claimed == seen));
      }
    }
  }
}

TEST_CASE("judge_holder: without a start time, what is open decides") {
  const auto judge = [](std::optional<bool> keeps_open, bool may_be_openclaw) {
    auto found = candidate();
    found.keeps_open = keeps_open;
    found.may_be_openclaw = may_be_openclaw;
    return judge_holder(claim_without_start(), kAcquired, proof_with(found));
  };
  for (const bool may_be_openclaw : {true, false}) {
    // A tool of another name may take these locks as well.
    CHECK(judge(true, may_be_openclaw).holder == Holder::alive);
    CHECK(judge(false, may_be_openclaw).holder == Holder::recycled);
  }
  CHECK(judge({}, true).holder == Holder::alive);
}

TEST_CASE("judge_holder: the host's pid 1 is not what a container's 1 wrote") {
  auto init = candidate(1);
  init.may_be_openclaw = false;
  const auto verdict =
      judge_holder(claim_without_start(), kAcquired, proof_with(init));
  CHECK(verdict == HolderVerdict{Holder::unknown, Fault::denied});
}

TEST_CASE("judge_holder: an open lock speaks louder than a start time") {
  auto found = candidate(kStart + 1);
  found.keeps_open = true;
  CHECK(judge_holder(claim_with_start(), kAcquired, proof_with(found)).holder ==
        Holder::alive);
}
