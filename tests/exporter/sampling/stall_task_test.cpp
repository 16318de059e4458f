// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/stall_task.h"

#include <doctest/doctest.h>

#include "exporter/system/clock.h"
#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

struct Host : FakeProcfs {
  Host() {
    FakeProcess process{7, 5000};
    add(process);
    write("7/task/7/stat", FakeProcfs::stat_text(process));
  }
};

}  // namespace

TEST_CASE("StallTask: shows what it is told to look at in its first turn") {
  Host host;
  StallTask task{host.path(), {1h, 1h}};
  task.watch({{"main", {{7, 5000}}}});
  const auto now = monotonic_now();
  CHECK(task.run(now) < now + 1h);
  const auto facts = task.source().latest();
  REQUIRE(facts);
  CHECK(facts->at("main").blocked);
  CHECK(task.source().health().up);
}

TEST_CASE("StallTask: with nothing to look at it rests for the interval") {
  Host host;
  StallTask task{host.path(), {1h, 1h}};
  const auto now = monotonic_now();
  CHECK(task.run(now) == now + 1h);
  task.watch({{"main", {}}});
  CHECK(task.run(now + 1h) == now + 2h);
}

TEST_CASE("rest_between_looks: often while disks are waited for") {
  CHECK(rest_between_looks(true, 35us, 1) == 100ms);
  CHECK(rest_between_looks(false, 35us, 1) == 500ms);
  CHECK(rest_between_looks(false, 35us, 0) == 500ms);
}

TEST_CASE("rest_between_looks: keeps to a budget") {
  // 0.05 % of a core for one gateway.
  CHECK(rest_between_looks(true, 100us, 1) == 200ms);
  // 0.5 % of a core for ten and more.
  CHECK(rest_between_looks(true, 1ms, 10) == 200ms);
  CHECK(rest_between_looks(true, 59ms, 1000) == 11800ms);
  // Less while nobody waits.
  CHECK(rest_between_looks(false, 100us, 1) == 800ms);
  CHECK(rest_between_looks(false, 59ms, 1000) == 23600ms);
}
