// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/lock_task.h"

#include <doctest/doctest.h>

#include <atomic>

#include "tests/support/eventually.h"
#include "tests/support/running_task.h"
#include "tests/support/state_dir.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

const SourceTiming kSeldom{1h, 1h};

LockReaderSettings settings_of(const StateDir& dir) {
  return {dir.tree.path("state"), {}, dir.procfs.path()};
}

RunningTask<LockTask> run(LockReaderSettings settings,
                          std::shared_ptr<CensusSource> census = nullptr,
                          SourceTiming timing = kSeldom) {
  return RunningTask<LockTask>{
      [&](const std::shared_ptr<Scheduler>& scheduler, TaskId id) {
        const auto hub = std::make_shared<InotifyHub>();
        scheduler->call_when_readable(hub->descriptor(),
                                      [hub] { hub->drain(); });
        return std::make_shared<LockTask>("main", settings.state_dir, settings,
                                          census, hub, scheduler->waker(id),
                                          timing);
      },
      settings.procfs};
}

std::uint64_t acquired(const RunningTask<LockTask>& sampler) {
  const auto report = sampler.source().latest();
  if (!report) return 0;
  const auto found = report->totals.find({"main", LockKind::session});
  return found == report->totals.end() ? 0 : found->second.acquired;
}

}  // namespace

TEST_CASE(
    "LockTask: shows a first round soon, and events without another "
    "one") {
  const StateDir dir;
  const auto sampler = run(settings_of(dir));
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  CHECK(sampler.source().health().up);
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  CHECK(eventually([&] { return acquired(sampler) == 1; }));
  lock.release();
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockTask: a new agent brings a round before its time") {
  StateDir dir;
  const auto sampler = run(settings_of(dir));
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  dir.tree.add(TreeEntry::directory("state/agents/guest/sessions"));
  CHECK(eventually([&] {
    const auto report = sampler.source().latest();
    return report->snapshot && report->snapshot->agents.contains("guest");
  }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockTask: a killed holder brings a round before its time") {
  StateDir dir;
  const auto census = std::make_shared<CensusSource>(kSeldom);
  const auto sampler = run(settings_of(dir), census);
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  lock.close();
  CHECK(eventually([&] { return census->is_asked(); }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockTask: judges by a walk that began after the locks were read") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(7, 5000));
  const auto census = std::make_shared<CensusSource>(kSeldom);
  const auto sampler = run(settings_of(dir), census);
  REQUIRE(eventually([&] { return census->is_asked(); }));
  CHECK_FALSE(sampler.source().health().settled);
  ProcessReader processes{dir.procfs.path()};
  auto table = std::make_shared<ProcessTable>();
  const auto walk = census->begin();
  const auto result = processes.read(*table, dir.now);
  census->finish(walk, table, result);
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  CHECK(sampler.source().health().up);
  CHECK(sampler.source().latest()->snapshot->locks.at(0).verdict.holder ==
        Holder::alive);
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockTask: without a census in time, holders are not known") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(7, 5000));
  const SourceTiming impatient{1h, 2ms};
  const auto sampler = run(
      settings_of(dir), std::make_shared<CensusSource>(impatient), impatient);
  REQUIRE(eventually([&] {
    const auto latest = sampler.source().latest();
    return latest && latest->snapshot;
  }));
  const auto latest = sampler.source().latest();
  CHECK(latest->snapshot->locks.at(0).verdict.holder == Holder::unknown);
  CHECK(latest->holder_problems[static_cast<std::size_t>(Fault::timeout)] == 1);
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockTask: what did not answer is read in the next turn") {
  const StateDir dir;
  std::atomic<bool> open = false;
  auto settings = settings_of(dir);
  settings.gate = [&](const std::string&) { return open.load(); };
  const auto sampler = run(settings);
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  CHECK_FALSE(sampler.source().health().up);
  open = true;
  CHECK(eventually([&] {
    sampler.wake();
    return sampler.source().health().up;
  }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LockTask: a missing state dir is a failed round, not the end") {
  const StateDir dir;
  const auto sampler = run({dir.tree.path("none"), {}, dir.procfs.path()});
  REQUIRE(eventually([&] { return sampler.source().health().settled; }));
  CHECK_FALSE(sampler.source().health().up);
  CHECK_FALSE(sampler.source().latest()->snapshot);
  CHECK(sampler.stop(1min));
}
