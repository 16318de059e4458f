// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/stall_sampler.h"

#include <doctest/doctest.h>

#include <thread>

#include "tests/support/eventually.h"
#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

TEST_CASE("StallSampler: shows what it is told to look at before its time") {
  FakeProcfs procfs;
  FakeProcess process{7, 5000};
  procfs.add(process);
  procfs.write("7/task/7/stat", FakeProcfs::stat_text(process));
  StallSampler sampler{procfs.path(), {1h, 1h}};
  sampler.watch({{"main", {{7, 5000}}}});
  CHECK(eventually([&] {
    const auto report = sampler.source().latest();
    return report && report->contains("main") && report->at("main").blocked;
  }));
  CHECK(sampler.source().health().up);
  CHECK(sampler.stop(1min));
}
