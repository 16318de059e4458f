// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/disk_probe_sampler.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exporter/readers/disk/synced_write.h"
#include "exporter/system/file.h"
#include "tests/support/eventually.h"
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

TEST_CASE("DiskProbeSampler: probes again and again") {
  const TempTree tree;
  DiskProbeSampler sampler{"main", tree.path(""), 1ms};
  CHECK(eventually([&] {
    const auto seen = sampler.source().latest();
    return seen && seen->count() >= 3;
  }));
  CHECK(sampler.source().latest()->sum_seconds > 0);
  CHECK(sampler.source().health().up);
  CHECK(sampler.stop(1min));
}

TEST_CASE("DiskProbeSampler: a probe that fails has no sample") {
  const TempTree tree;
  DiskProbeSampler sampler{"main", tree.path("gone"), 1h};
  CHECK(eventually([&] { return sampler.source().health().settled; }));
  const auto health = sampler.source().health();
  CHECK_FALSE(health.up);
  CHECK(health.problems[static_cast<std::size_t>(Fault::missing)] == 1);
  CHECK_FALSE(sampler.source().latest());
}
