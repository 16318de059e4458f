// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "core/locks/holder.h"
#include "tests/support/holder_evidence.h"

using namespace openclaw_lock;

namespace {

Holder judge(const LockClaim& claim, const HolderEvidence& evidence) {
  return judge_holder(claim, kAcquired, evidence).holder;
}

HolderCandidate zombie(HolderCandidate found, std::int64_t threads = 1) {
  found.stat.state = 'Z';
  found.stat.threads = threads;
  return found;
}

}  // namespace

TEST_CASE("judge_holder: a zombie is dead") {
  CHECK(judge(claim_with_start(), proof_with(zombie(candidate()))) ==
        Holder::dead);
  CHECK(judge(claim_without_start(), proof_with(zombie(candidate()))) ==
        Holder::dead);
}

TEST_CASE("judge_holder: X and x are dead too, every other state is alive") {
  for (const char state : std::string{"RSDTtIPKW"}) {
    auto found = candidate();
    found.stat.state = state;
    CAPTURE(state);
    CHECK(judge(claim_with_start(), proof_with(found)) == Holder::alive);
  }
  for (const char state : {'X', 'x'}) {
    auto found = candidate();
    found.stat.state = state;
    CHECK(judge(claim_with_start(), proof_with(found)) == Holder::dead);
  }
}

TEST_CASE("judge_holder: a zombie leader with live threads is alive") {
  const auto found = zombie(candidate(), 3);
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::alive);
}

TEST_CASE(
    "judge_holder: a zombie with the start time is proof in any "
    "namespace") {
  auto evidence = proof_with(zombie(candidate()));
  evidence.initial_namespace = false;
  evidence.boot_time.reset();
  CHECK(judge(claim_with_start(), evidence) == Holder::dead);
  CHECK(judge(claim_without_start(), evidence) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: a zombie of ours says nothing of another host's "
    "process with its numbers") {
  auto evidence = proof_with(zombie(candidate()));
  evidence.local_filesystem = false;
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
}

TEST_CASE("judge_holder: a zombie says nothing of a process that is hidden") {
  auto evidence = proof_with(zombie(candidate()));
  evidence.table_complete = false;
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
}

TEST_CASE("judge_holder: a zombie proves nothing of a lock that changed") {
  auto evidence = proof_with(zombie(candidate()));
  evidence.lock_unchanged = false;
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: a zombie beside its successor is dead, not "
    "recycled") {
  auto evidence = proof_with(zombie(candidate()));
  evidence.candidates.push_back(in_container(kAfterLock));
  CHECK(judge(claim_with_start(), evidence) == Holder::dead);
}

TEST_CASE("judge_holder: a zombie with another start time has the pid") {
  const auto found = zombie(candidate(kStart + 900));
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::recycled);
}

TEST_CASE(
    "judge_holder: a container's process is known by its innermost "
    "pid") {
  CHECK(judge(claim_with_start(), proof_with(in_container())) == Holder::alive);
  CHECK(judge(claim_without_start(), proof_with(in_container())) ==
        Holder::alive);
}

TEST_CASE(
    "judge_holder: the same low pid in two containers is told apart by "
    "start time") {
  auto evidence = proof_with(in_container(kAfterLock));
  CHECK(judge(claim_with_start(), evidence) == Holder::recycled);
  evidence.candidates.push_back(in_container(kStart));
  CHECK(judge(claim_with_start(), evidence) == Holder::alive);
}

TEST_CASE(
    "judge_holder: a container's process that had the pid when the lock was "
    "written leaves it open") {
  // A container that has the host's /proc writes a stranger's start time.
  auto evidence = proof_with(in_container(kStart - 400));
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
  evidence.boot_time.reset();
  CHECK(judge(claim_with_start(), evidence) == Holder::unknown);
  evidence.boot_time = kBoot;
  evidence.seen_alive = evidence.seen_nested = true;
  CHECK(judge(claim_with_start(), evidence) == Holder::recycled);
  evidence = proof_with(zombie(in_container(kStart - 400)));
  CHECK(judge(claim_with_start(), evidence) == Holder::recycled);
}

TEST_CASE(
    "judge_holder: of several containers on one directory none is the "
    "writer's for sure") {
  auto found = in_container(kAfterLock);
  found.only_namespace = false;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::dead);
  found.stat.start_ticks = kStart;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::alive);
}

TEST_CASE("judge_holder: tells whether the live holder is in a container") {
  auto evidence = proof_with(in_container());
  CHECK(judge_holder(claim_with_start(), kAcquired, evidence).nested);
  evidence.candidates.push_back(candidate());
  CHECK_FALSE(judge_holder(claim_with_start(), kAcquired, evidence).nested);
  CHECK_FALSE(
      judge_holder(claim_with_start(), kAcquired, proof_of_absence()).nested);
}

TEST_CASE(
    "judge_holder: a container that cannot see the directory has no "
    "part in it") {
  auto elsewhere = in_container(kStart - 400);
  elsewhere.sees = Sees::no;
  CHECK(judge(claim_with_start(), proof_with(elsewhere)) == Holder::dead);
  CHECK(judge(claim_without_start(), proof_with(elsewhere)) == Holder::dead);
}

TEST_CASE(
    "judge_holder: pid and start time agree, the directory does not: "
    "it stays open") {
  // Mounts are compared by what mountinfo tells; an overlay's upper directory
  // or a mount that is covered can mislead. Both numbers by chance is rarer.
  auto found = in_container();
  found.sees = Sees::no;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: a container of which we cannot tell what it sees is "
    "not recycled") {
  auto found = in_container(kAfterLock);
  found.sees = Sees::unknown;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::dead);
}

TEST_CASE("judge_holder: an outer pid of the same number leaves it open") {
  auto found = in_container();
  found.innermost = false;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::unknown);
  found = in_container(kStart + 900);
  found.innermost = false;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::dead);
}

TEST_CASE("judge_holder: an outer pid of a zombie is nobody") {
  auto found = zombie(in_container());
  found.innermost = false;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::dead);
}

TEST_CASE(
    "judge_holder: a host process and a container share the directory: "
    "without start time it stays open") {
  auto evidence = proof_with(candidate(kStart));
  evidence.nested_sees_directory = true;
  CHECK(judge(claim_without_start(), evidence) == Holder::unknown);
  evidence.candidates = {candidate(kStart + 360000)};
  CHECK(judge(claim_without_start(), evidence) == Holder::unknown);
}

TEST_CASE(
    "judge_holder: a host process is no successor of a container's "
    "holder") {
  auto evidence = proof_with(candidate(kStart + 900));
  evidence.nested_sees_directory = true;
  CHECK(judge(claim_with_start(), evidence) == Holder::dead);
  evidence.candidates.push_back(in_container(kAfterLock));
  CHECK(judge(claim_with_start(), evidence) == Holder::recycled);
}

TEST_CASE(
    "judge_holder: with a start time the host's process is alive, "
    "whoever else shares the directory") {
  auto evidence = proof_with(candidate());
  evidence.nested_sees_directory = true;
  CHECK(judge(claim_with_start(), evidence) == Holder::alive);
}

TEST_CASE(
    "judge_holder: ticks of another time namespace are moved by its "
    "offset") {
  constexpr std::int64_t kOffset = 100'000'000;
  auto claim = claim_with_start();
  claim.start_ticks = kStart + kOffset;
  auto found = in_container();
  found.offset_ticks = kOffset;
  CHECK(judge(claim, proof_with(found)) == Holder::alive);

  found.offset_ticks = -static_cast<std::int64_t>(kStart);
  claim.start_ticks = 0;
  CHECK(judge(claim, proof_with(found)) == Holder::alive);
}

TEST_CASE(
    "judge_holder: moved ticks may differ by the carry of one tick, "
    "not by two") {
  constexpr std::int64_t kOffset = 100'000'000;
  auto found = in_container();
  found.offset_ticks = kOffset;
  auto evidence = proof_with(found);
  evidence.seen_alive = evidence.seen_nested = true;
  for (const int carry : {-2, -1, 0, 1, 2}) {
    auto claim = claim_with_start();
    claim.start_ticks = static_cast<std::uint64_t>(
        static_cast<std::int64_t>(kStart) + kOffset + carry);
    CAPTURE(carry);
    const bool same = carry >= -1 && carry <= 1;
    CHECK(judge(claim, evidence) == (same ? Holder::alive : Holder::recycled));
  }
}

TEST_CASE("judge_holder: ticks of the same time namespace must be equal") {
  for (const int difference : {-1, 1}) {
    const auto start = static_cast<std::uint64_t>(
        static_cast<std::int64_t>(kStart) + difference);
    CHECK(judge(claim_with_start(), proof_with(candidate(start))) ==
          Holder::recycled);
  }
}

TEST_CASE("judge_holder: the exporter's own time namespace counts as well") {
  constexpr std::int64_t kOffset = -360'000;
  auto claim = claim_with_start();
  auto found = candidate(static_cast<std::uint64_t>(360'000 + 5));
  claim.start_ticks = 720'005;
  found.offset_ticks = 0;
  auto evidence = proof_with(found);
  evidence.reader_offset_ticks = kOffset;
  CHECK(judge(claim, evidence) == Holder::alive);
}

TEST_CASE("judge_holder: an offset that cannot be read leaves it open") {
  auto found = in_container(kStart + 900);
  found.offset_ticks.reset();
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::unknown);
  found.stat.start_ticks = kStart;
  CHECK(judge(claim_with_start(), proof_with(found)) == Holder::alive);
}

TEST_CASE("kHolders: four, in the order of their names on /metrics") {
  std::string names;
  for (const auto holder : kHolders)
    names += std::string{to_string(holder)} + ' ';
  CHECK(names == "alive dead recycled unknown ");
}
