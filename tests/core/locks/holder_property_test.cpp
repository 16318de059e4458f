// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/locks/holder.h"
#include "tests/support/holder_evidence.h"

using namespace openclaw_lock;

namespace {

/// The same worlds on every machine: std::mt19937_64 is specified, the
/// distributions are not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_{seed} {}

  std::int64_t upto(std::int64_t limit) {
    return static_cast<std::int64_t>(engine_() %
                                     static_cast<std::uint64_t>(limit + 1));
  }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + upto(high - low);
  }
  bool one_in(int chances) { return upto(chances - 1) == 0; }
  Sees seen() { return one_in(2) ? Sees::yes : Sees::unknown; }
  Sees sees() { return static_cast<Sees>(upto(2)); }

 private:
  std::mt19937_64 engine_;
};

constexpr std::int64_t kTick = 10'000'000;  // ns, at 100 Hz

std::int64_t whole_ticks(std::int64_t nanoseconds) {
  const auto ticks = nanoseconds / kTick;
  const bool rest = nanoseconds % kTick != 0;
  if (!rest) return ticks;
  return nanoseconds > 0 ? ticks + 1 : ticks - 1;  // as the parser rounds
}

std::uint64_t start_ticks(std::int64_t nanoseconds) {
  return static_cast<std::uint64_t>(nanoseconds / kTick);
}

/// A kernel with one process that holds the lock and lives, and what an
/// exporter somewhere makes of it.
struct World {
  LockClaim claim;
  WallTime acquired{};
  HolderEvidence evidence;
};

/// Ways in which a live holder can be out of sight, or in sight with another
/// start time than the lock's (a container that has the host's /proc).
enum class Hiding {
  none,
  hidepid,
  sibling_namespace,
  other_host,
  foreign_procfs,
  last
};

/// Processes that have the pid somewhere, but not the holder's start time too.
void add_bystanders(Dice& dice, std::int64_t holder_ns, World& world) {
  for (auto count = dice.upto(3); count > 0; --count) {
    const auto away = dice.between(3, dice.one_in(2) ? 10 : 100'000) * kTick;
    const auto born = holder_ns + (dice.one_in(2) ? away : -away);
    auto found = candidate(start_ticks(std::max<std::int64_t>(born, 0)));
    found.sees = dice.sees();
    found.nested = dice.one_in(2);
    found.innermost = !dice.one_in(3);
    found.stat.state = dice.one_in(4) ? 'Z' : 'S';
    found.stat.threads = dice.between(1, 3);
    if (dice.one_in(6)) found.stat.flags |= kKernelThreadFlag;
    world.evidence.candidates.push_back(found);
    if (!found.nested && found.sees == Sees::yes)
      world.evidence.nested_sees_directory = dice.one_in(2);
  }
}

HolderCandidate& add_holder(Dice& dice, std::int64_t born, std::int64_t offset,
                            std::int64_t reader_offset, World& world) {
  auto holder = candidate(start_ticks(born + reader_offset));
  holder.nested = offset != 0 || dice.one_in(2);
  holder.offset_ticks = whole_ticks(offset);
  if (dice.one_in(5)) holder.offset_ticks.reset();
  if (dice.one_in(4)) holder.stat.state = 'Z';  // its main thread has ended
  const auto at =
      dice.upto(static_cast<std::int64_t>(world.evidence.candidates.size()));
  auto& candidates = world.evidence.candidates;
  return *candidates.insert(candidates.begin() + at, holder);
}

World make_world(Dice& dice, Hiding hiding) {
  World world;
  const auto uptime = dice.between(20, 10'000'000);  // s
  const auto born = dice.between(1, uptime * 1'000'000'000);
  const bool moved = dice.one_in(4);  // in a time namespace of its own
  const auto offset =
      moved ? dice.between(-born / 2, 2'000'000'000'000'000) : 0;
  const auto reader_offset =
      dice.one_in(6) ? dice.between(0, 1'000'000'000'000'000) : 0;
  world.claim.pid = kPid;
  if (!dice.one_in(3)) world.claim.start_ticks = start_ticks(born + offset);
  world.acquired = kBoot + std::chrono::milliseconds{born / 1'000'000 +
                                                     dice.upto(10'000'000)};

  auto& evidence = world.evidence;
  evidence.lock_unchanged = !dice.one_in(8);
  evidence.reader_offset_ticks = whole_ticks(reader_offset);
  // btime is moved by the reader's time namespace as ticks are.
  if (!dice.one_in(8))
    evidence.boot_time =
        kBoot -
        std::chrono::milliseconds{reader_offset / 1'000'000 + dice.upto(999)};
  evidence.table_started_at =
      world.acquired + std::chrono::milliseconds{dice.upto(10'000'000)};
  evidence.local_filesystem = hiding != Hiding::other_host;
  evidence.table_complete = hiding != Hiding::hidepid;
  evidence.initial_namespace =
      hiding != Hiding::sibling_namespace && dice.one_in(2);
  // Another process may have been taken for the holder, if only its pid tells.
  evidence.seen_alive = hiding == Hiding::none || !world.claim.start_ticks
                            ? dice.one_in(2)
                            : false;
  evidence.seen_nested = evidence.seen_alive && dice.one_in(2);
  evidence.nested_sees_directory = dice.one_in(2);
  add_bystanders(dice, born + reader_offset, world);
  if (hiding == Hiding::none) {
    const bool misled = world.claim.start_ticks && dice.one_in(4);
    add_holder(dice, born, offset, reader_offset, world).sees =
        misled ? Sees::no : dice.seen();
  } else if (hiding == Hiding::foreign_procfs) {
    auto& holder = add_holder(dice, born, offset, reader_offset, world);
    holder.nested = true;
    holder.sees = dice.seen();
    if (world.claim.start_ticks)
      world.claim.start_ticks = start_ticks(dice.upto(2 * born));
  }
  return world;
}

}  // namespace

TEST_CASE("judge_holder: a live holder is never called dead, wherever it is") {
  constexpr int kWorlds = 5000;
  int alive = 0;
  for (int kind = 0; kind < static_cast<int>(Hiding::last); ++kind) {
    for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
      Dice dice{seed};
      const auto world = make_world(dice, static_cast<Hiding>(kind));
      const auto holder =
          judge_holder(world.claim, world.acquired, world.evidence).holder;
      if (holder == Holder::alive) ++alive;
      if (holder != Holder::dead && holder != Holder::recycled) continue;
      CAPTURE(kind);
      CAPTURE(seed);
      FAIL_CHECK(to_string(holder));
    }
  }
  // The worlds are worth something: half of the visible holders are found.
  CHECK(alive > kWorlds / 2);
}

TEST_CASE("judge_holder: the order of the candidates does not matter") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Dice dice{seed};
    auto world = make_world(dice, Hiding::none);
    const auto before =
        judge_holder(world.claim, world.acquired, world.evidence);
    auto& candidates = world.evidence.candidates;
    std::reverse(candidates.begin(), candidates.end());
    CAPTURE(seed);
    CHECK(judge_holder(world.claim, world.acquired, world.evidence) == before);
  }
}

TEST_CASE("judge_holder: more sight never takes proof of life away") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Dice dice{seed};
    auto world = make_world(dice, Hiding::none);
    const auto before =
        judge_holder(world.claim, world.acquired, world.evidence).holder;
    if (before != Holder::alive) continue;
    world.evidence.table_complete = world.evidence.initial_namespace = true;
    world.evidence.local_filesystem = world.evidence.lock_unchanged = true;
    CAPTURE(seed);
    CHECK(judge_holder(world.claim, world.acquired, world.evidence).holder ==
          Holder::alive);
  }
}
