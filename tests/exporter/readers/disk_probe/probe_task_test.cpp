// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk_probe/probe_task.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/readers/disk_probe/synced_write.h"
#include "exporter/sandbox/confinement.h"
#include "exporter/system/file.h"
#include "tests/support/forked.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::int64_t mtime_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return mtime_in_ns(found);
}

}  // namespace

TEST_CASE("time_synced_write: leaves no trace") {
  const TempTree tree;
  const auto before = mtime_of(tree.path(""));
  const auto took = time_synced_write(tree.path(""));
  REQUIRE(took);
  CHECK(*took > 0us);
  CHECK(*took < 1min);
  CHECK(std::filesystem::is_empty(tree.path("")));
  CHECK(mtime_of(tree.path("")) == before);
}

TEST_CASE("time_synced_write: a directory that is not there") {
  const TempTree tree{{"file", "text"}};
  CHECK(time_synced_write(tree.path("gone")).problem().fault == Fault::missing);
  CHECK(time_synced_write(tree.path("file")).problem().fault == Fault::missing);
}

TEST_CASE("time_synced_write: a file system without unnamed files") {
  const auto took = time_synced_write("/proc/self/task");
  REQUIRE_FALSE(took);
  CHECK(took.problem().where == "/proc/self/task");
  CHECK_FALSE(took.problem().detail.empty());
}

TEST_CASE("time_synced_write: a directory that may not be written to" *
          doctest::skip(::geteuid() == 0)) {
  const TempTree tree{TreeEntry::directory("closed", 0555)};
  CHECK(time_synced_write(tree.path("closed")).problem().fault ==
        Fault::denied);
}

TEST_CASE("time_synced_write: in a thread that may do nothing else") {
  const TempTree tree;
  if (!time_synced_write(tree.root())) {
    MESSAGE("no unnamed files here");
    return;
  }
  Duties duties;
  duties.looks_into_processes = true;
  duties.probes_disks = true;
  CHECK(in_child([&](const auto& say) {
          confine_this_thread(duties);
          say(time_synced_write(tree.root()) ? "done" : "failed");
        }) == "done");
}

TEST_CASE("ProbeTask: probes again and again") {
  const TempTree tree;
  ProbeTask task{"main", tree.path(""), tree.path(""), 1ms};
  const MonotonicTime now{1s};
  for (int i = 0; i < 3; ++i) CHECK(task.run(now) > now);
  CHECK(task.source().latest()->count() == 3);
  CHECK(task.source().latest()->sum_seconds > 0);
  CHECK(task.source().health().up);
}

TEST_CASE("ProbeTask: a probe that fails has no sample") {
  const TempTree tree;
  ProbeTask task{"main", tree.path("gone"), tree.path("gone"), 1h};
  task.run(MonotonicTime{1s});
  const auto health = task.source().health();
  CHECK_FALSE(health.up);
  CHECK(health.problems[static_cast<std::size_t>(Fault::missing)] == 1);
  CHECK_FALSE(task.source().latest());
}
