// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/census_task.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "exporter/system/unique_fd.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_procfs.h"
#include "tests/support/running_task.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

const SourceTiming kSeldom{1h, 1h};

struct Host : FakeProcfs {
  Host() {
    add_kthreadd();
    add(FakeProcess{7, 5000});
  }
};

/// A time after any that a task asked for in these tests.
MonotonicTime later() {
  static MonotonicTime now = monotonic_now();
  return now += 2h;
}

}  // namespace

TEST_CASE("CensusTask: gives a table that was read after the question") {
  Host host;
  const auto census = std::make_shared<CensusSource>(kSeldom);
  CensusTask task{{host.path()}, always_open, census};
  task.run(later());
  const auto first = census->source().latest();
  REQUIRE(first);
  CHECK(first->by_pid.count(7) == 1);
  host.add(FakeProcess{8, 6000});
  bool done = false;
  const auto ticket = census->request([&] { done = true; });
  CHECK_FALSE(census->since(ticket));
  task.run(later());
  CHECK(done);
  const auto second = census->since(ticket);
  REQUIRE(second);
  CHECK(second->by_pid.count(8) == 1);
  CHECK(first->by_pid.count(8) == 0);
  CHECK(census->source().health().up);
}

TEST_CASE("CensusTask: one walk answers all who have asked") {
  const Host host;
  const auto census = std::make_shared<CensusSource>(kSeldom);
  CensusTask task{{host.path()}, always_open, census};
  int answered = 0;
  for (int i = 0; i < 8; ++i) census->request([&] { ++answered; });
  task.run(later());
  CHECK(answered == 8);
  CHECK_FALSE(census->is_asked());
}

TEST_CASE("CensusTask: does not walk before it is asked or due") {
  const Host host;
  const auto census = std::make_shared<CensusSource>(kSeldom);
  CensusTask task{{host.path()}, always_open, census};
  const auto now = later();
  CHECK(task.run(now) == now + 1h);
  const auto first = census->source().latest();
  CHECK(task.run(now + 30min) == now + 1h);
  CHECK(census->source().latest() == first);
  CHECK(task.run(now + 1h) == now + 2h);
  CHECK(census->source().latest() != first);
}

TEST_CASE("CensusTask: what did not answer is looked at in the next turn") {
  Host host;
  const TempTree state{TreeEntry::directory(".openclaw")};
  host.add(FakeProcess{8, 5000, "openclaw-gatewa"});
  host.write("8/cmdline", "openclaw-gateway");
  host.write("8/environ", "HOME=" + state.root().string());
  bool open = false;
  const auto gate = [&](const std::string&) { return open; };
  const auto census = std::make_shared<CensusSource>(kSeldom);
  CensusTask task{{host.path()}, gate, census};
  const auto now = later();
  task.run(now);
  REQUIRE(census->facts());
  CHECK(census->facts()->by_state_dir.empty());
  open = true;
  task.run(now + 30min);
  CHECK(census->facts()->by_state_dir.size() == 1);
  // All has answered.
  CHECK(task.run(now + 40min) == now + 90min);
}

TEST_CASE("CensusTask: a walk that failed gives nothing, and is told") {
  const TempTree tree{};
  const auto census = std::make_shared<CensusSource>(kSeldom);
  CensusTask task{{tree.path("none")}, always_open, census};
  bool done = false;
  const auto ticket = census->request([&] { done = true; });
  task.run(later());
  CHECK(done);
  CHECK_FALSE(census->since(ticket));
  CHECK_FALSE(census->source().health().up);
  CHECK_FALSE(census->source().latest());
}

TEST_CASE("CensusTask: an old table is no answer where the walk fails") {
  Host host;
  const auto census = std::make_shared<CensusSource>(kSeldom);
  CensusTask task{{host.path()}, always_open, census};
  task.run(later());
  for (const auto* pid : {"2", "7"}) host.remove(pid);
  const auto ticket = census->request([] {});
  task.run(later());
  CHECK_FALSE(census->since(ticket));
}

TEST_CASE("CensusTask: where a walk hangs, another takes over") {
  Host host;
  // Reading it waits for a writer, as a stuck /proc entry does.
  host.add(TreeEntry::fifo("8/stat"));
  const auto census = std::make_shared<CensusSource>(SourceTiming{1ms, 1ms});
  RunningTask<CensusTask> task{
      [&](const std::shared_ptr<Scheduler>& scheduler, TaskId id) {
        census->set_waker(scheduler->waker(id));
        return std::make_shared<CensusTask>(CensusSettings{host.path()},
                                            always_open, census);
      }};
  REQUIRE(eventually([&] { return task.scheduler().hanging() > 0; }));
  CHECK_FALSE(census->source().health().up);
  const auto stuck = host.path() / "8/stat";
  host.add(TreeEntry::fifo("gone"));
  std::filesystem::rename(stuck, host.path() / "gone");
  REQUIRE(eventually([&] { return census->source().health().up; }));
  // A writer comes and goes: what hung ends.
  const auto gone = host.path() / "gone";
  CHECK(UniqueFd{::open(gone.c_str(), O_RDWR | O_NONBLOCK)});
  CHECK(eventually([&] { return task.scheduler().hanging() == 0; }));
  CHECK(task.stop(1min));
}
