// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/lock_sampler.h"

#include <doctest/doctest.h>

#include <future>
#include <latch>
#include <stdexcept>

#include "tests/support/eventually.h"
#include "tests/support/state_dir.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

const SourceTiming kSeldom{1h, 1h};

LockReaderSettings settings_of(const StateDir& dir) {
  return {dir.tree.path("state"), {}, dir.procfs.path()};
}

std::uint64_t acquired(const LockSampler& sampler) {
  const auto report = sampler.source().latest();
  if (!report) return 0;
  const auto found = report->totals.find({"main", LockKind::session});
  return found == report->totals.end() ? 0 : found->second.acquired;
}

}  // namespace

TEST_CASE(
    "LockSampler: shows a first round soon, and events without another "
    "one") {
  const StateDir dir;
  LockSampler sampler{"main", settings_of(dir), {}, kSeldom};
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  CHECK(sampler.source().health().up);
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  CHECK(eventually([&] { return acquired(sampler) == 1; }));
  lock.release();
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockSampler: a new agent brings a round before its time") {
  StateDir dir;
  LockSampler sampler{"main", settings_of(dir), {}, kSeldom};
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  dir.tree.add(TreeEntry::directory("state/agents/guest/sessions"));
  CHECK(eventually([&] {
    const auto report = sampler.source().latest();
    return report->snapshot && report->snapshot->agents.contains("guest");
  }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockSampler: a killed holder brings a round before its time") {
  StateDir dir;
  std::atomic<int> judged = 0;
  LockSampler sampler{"main", settings_of(dir),
                      [&] {
                        ++judged;
                        return std::make_shared<const ProcessTable>();
                      },
                      kSeldom};
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  lock.close();
  CHECK(eventually([&] { return judged > 0; }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockSampler: a missing state dir is a failed round, not the end") {
  const StateDir dir;
  LockSampler sampler{
      "main", {dir.tree.path("none"), {}, dir.procfs.path()}, {}, kSeldom};
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  CHECK_FALSE(sampler.source().health().up);
  CHECK_FALSE(sampler.source().latest()->snapshot);
  CHECK(sampler.stop(1min));
}

TEST_CASE(
    "LockSampler: one that hangs is told as hanging, and stops no "
    "other") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(7, 5000));
  auto gate = std::make_shared<std::promise<void>>();
  auto hanging = std::make_shared<std::latch>(1);
  LockReader::Census stuck = [hanging, opened = gate->get_future().share()] {
    hanging->count_down();
    opened.wait();
    return std::shared_ptr<const ProcessTable>{};
  };
  LockSampler sampler{"stuck", settings_of(dir), stuck, {1h, 0ms}};
  hanging->wait();
  const auto health = sampler.source().health();
  CHECK_FALSE(health.up);
  CHECK_FALSE(health.fresh);
  CHECK(health.settled);
  CHECK(health.problems[static_cast<std::size_t>(Fault::timeout)] == 1);

  const StateDir other_dir;
  LockSampler other{"other", settings_of(other_dir), {}, kSeldom};
  CHECK(eventually([&] { return other.source().health().up; }));
  CHECK(other.stop(1min));

  gate->set_value();
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockSampler: what a reader throws ends this sampler only") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(7, 5000));
  LockSampler sampler{"main",
                      settings_of(dir),
                      []() -> std::shared_ptr<const ProcessTable> {
                        throw std::runtime_error{"a test's error"};
                      },
                      {1h, 0ms}};
  CHECK(sampler.stop(1min));
  // Its round never ended: it is told as hanging for good.
  CHECK_FALSE(sampler.source().health().up);
  CHECK_FALSE(sampler.source().health().fresh);
}
