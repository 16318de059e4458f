// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/process_census.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <latch>
#include <thread>

#include "tests/support/fake_procfs.h"

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

}  // namespace

TEST_CASE("ProcessCensus: gives a table that was read after the question") {
  Host host;
  ProcessCensus census{host.path(), kSeldom};
  const auto first = census.next(1min);
  REQUIRE(first);
  CHECK(first->by_pid.count(7) == 1);
  host.add(FakeProcess{8, 6000});
  const auto second = census.next(1min);
  REQUIRE(second);
  CHECK(second->by_pid.count(8) == 1);
  CHECK(first->by_pid.count(8) == 0);
  CHECK(census.source().latest() == second);
  CHECK(census.source().health().up);
}

TEST_CASE("ProcessCensus: answers all who ask at once") {
  const Host host;
  ProcessCensus census{host.path(), kSeldom};
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> readers;
    for (int i = 0; i < 8; ++i)
      readers.emplace_back([&] {
        if (census.next(1min)) ++answered;
      });
  }
  CHECK(answered == 8);
}

TEST_CASE("ProcessCensus: a walk that failed gives nothing, and is told") {
  const TempTree tree{};
  ProcessCensus census{tree.path("none"), kSeldom};
  CHECK_FALSE(census.next(1min));
  CHECK_FALSE(census.source().health().up);
  CHECK_FALSE(census.source().latest());
}

TEST_CASE("ProcessCensus: an old table is no answer where the walk fails") {
  Host host;
  ProcessCensus census{host.path(), kSeldom};
  REQUIRE(census.next(1min));
  for (const auto* pid : {"2", "7"}) host.remove(pid);
  CHECK_FALSE(census.next(1min));
}

TEST_CASE("ProcessCensus: who waits is let go when it ends") {
  const Host host;
  ProcessCensus census{host.path(), kSeldom};
  std::latch asking{1};
  {
    const std::jthread reader{[&] {
      asking.count_down();
      while (census.next(1h)) {
      }
    }};
    asking.wait();
    census.request_stop();
  }
  CHECK_FALSE(census.next(1h));
}

TEST_CASE(
    "ProcessCensus: a walk that hangs costs the asker his patience "
    "only") {
  Host host;
  // Reading it waits for a writer, as a stuck /proc entry does.
  host.add(TreeEntry::fifo("8/stat"));
  ProcessCensus census{host.path(), SourceTiming{1h, 0ms}};
  CHECK_FALSE(census.next(1ms));
  // Until its thread has come to the first walk.
  const auto deadline = monotonic_now() + 1min;
  while (!census.source().health().settled && monotonic_now() < deadline)
    CHECK_FALSE(census.next(1ms));
  const auto health = census.source().health();
  CHECK(health.settled);
  CHECK_FALSE(health.up);
  CHECK_FALSE(health.fresh);
  // A writer comes and goes: the walk goes on, and the next one is free.
  const auto stuck = host.path() / "8/stat";
  const UniqueFd writer{::open(stuck.c_str(), O_RDWR | O_NONBLOCK)};
  CHECK(writer);
  host.remove("8");
}
