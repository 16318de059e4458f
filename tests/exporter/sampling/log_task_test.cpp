// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_task.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "tests/support/captured_stderr.h"
#include "tests/support/eventually.h"
#include "tests/support/log_records.h"
#include "tests/support/running_task.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using log_records::incident;
namespace fs = std::filesystem;

namespace {

const SourceTiming kOften{1ms, 1min};

std::uint64_t incidents(const LogFacts& report) {
  std::uint64_t sum = 0;
  for (const auto& [series, count] : report.totals.timeouts) sum += count;
  return sum;
}

std::uint64_t shown(const RunningTask<LogTask>& sampler) {
  const auto report = sampler.source().latest();
  return report ? incidents(*report) : 0;
}

bool settled(const RunningTask<LogTask>& sampler) {
  return eventually([&] { return sampler.source().health().settled; });
}

/// A gateway with a log, and a storage below a directory.
struct LogHost {
  LogHost() {
    auto opened = LogStorage::open(tree.root() / "storage");
    REQUIRE(opened);
    storage = *std::move(opened);
    tree.add(TreeEntry::directory("logs"));
    gateway.name = "main";
    gateway.logs = {{tree.path("logs/openclaw-*.log"), false}};
  }

  void append(const std::string& text) const {
    std::ofstream{tree.path("logs/openclaw-1.log"), std::ios::app} << text;
  }
  std::uint64_t stored() const {
    const auto loaded = storage->load("main");
    REQUIRE(loaded);
    if (!*loaded) return 0;
    LogFacts report;
    report.totals = (*loaded)->ledger.totals;
    return incidents(report);
  }

  RunningTask<LogTask> run() const {
    return RunningTask<LogTask>{
        [this](const std::shared_ptr<Scheduler>& scheduler, TaskId id) {
          return std::make_shared<LogTask>(
              gateway, storage, std::make_shared<PatternListers>(),
              std::make_shared<SharedPlaces>(),
              std::make_shared<ForeignEvents>(), always_open,
              scheduler->waker(id), [](int) { return false; }, kOften);
        }};
  }

  CapturedStderr captured;
  TempTree tree;
  WatchedGateway gateway;
  std::shared_ptr<LogStorage> storage;
};

}  // namespace

TEST_CASE("LogTask: shows a first round soon, and counts what comes") {
  LogHost host;
  host.append(incident(1));
  const auto sampler = host.run();
  REQUIRE(settled(sampler));
  CHECK(sampler.source().health().up);
  CHECK(shown(sampler) == 0);
  CHECK(sampler.source().latest()->files == 1);
  host.append(incident(2) + incident(3));
  CHECK(eventually([&] { return shown(sampler) == 2; }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LogTask: shows nothing that is not stored") {
  LogHost host;
  const auto sampler = host.run();
  REQUIRE(settled(sampler));
  for (std::uint32_t n = 1; n <= 20; ++n) {
    host.append(incident(n));
    CHECK(eventually([&] {
      const auto now_shown = shown(sampler);
      CHECK(host.stored() >= now_shown);
      return now_shown == n;
    }));
  }
  CHECK(sampler.stop(1min));
}

TEST_CASE("LogTask: goes on where another has ended") {
  LogHost host;
  for (std::uint32_t n = 1; n <= 3; ++n) {
    {
      const auto sampler = host.run();
      REQUIRE(settled(sampler));
      CHECK(eventually([&] { return shown(sampler) == 2 * n - 2; }));
      host.append(incident(2 * n));
      CHECK(eventually([&] { return shown(sampler) == 2 * n - 1; }));
      CHECK(sampler.stop(1min));
    }
    // Written while nobody looks.
    host.append(incident(2 * n + 1));
  }
  const auto sampler = host.run();
  CHECK(eventually([&] { return shown(sampler) == 6; }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LogTask: a storage that vanishes is told; figures still show") {
  LogHost host;
  const auto sampler = host.run();
  REQUIRE(settled(sampler));
  fs::remove_all(host.tree.root() / "storage");
  host.append(incident(1));
  CHECK(eventually([&] { return shown(sampler) == 1; }));
  CHECK(eventually([&] { return !sampler.source().health().up; }));
  CHECK(sampler.source().health().fresh);
  fs::create_directory(host.tree.root() / "storage");
  CHECK(eventually([&] { return sampler.source().health().up; }));
  CHECK(host.stored() == 1);
  CHECK(sampler.stop(1min));
}

TEST_CASE("LogTask: damaged positions are told, and it starts at the end") {
  LogHost host;
  CHECK_FALSE(host.storage->store(
      [] {
        LogCheckpoint made;
        made.gateway = "main";
        return made;
      }(),
      1min));
  for (const auto& entry : fs::directory_iterator{host.tree.root() / "storage"})
    if (entry.path().filename() != "lock")
      std::ofstream{entry.path()} << "damaged";
  host.append(incident(1));
  const auto sampler = host.run();
  REQUIRE(settled(sampler));
  CHECK(shown(sampler) == 0);
  host.append(incident(2));
  CHECK(eventually([&] { return shown(sampler) == 1; }));
  CHECK(sampler.stop(1min));
  const auto lines = host.captured.lines();
  CHECK(std::count_if(lines.begin(), lines.end(), [](const auto& line) {
          return line.find("cannot go on from the stored log positions") !=
                 std::string::npos;
        }) == 1);
}

TEST_CASE("LogTask: without any log its rounds fail, and one may appear") {
  LogHost host;
  const auto sampler = host.run();
  REQUIRE(settled(sampler));
  CHECK_FALSE(sampler.source().health().up);
  CHECK(sampler.source().latest()->files == 0);
  host.append(incident(1));
  CHECK(eventually([&] { return sampler.source().health().up; }));
  CHECK(eventually([&] { return shown(sampler) == 1; }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LogTask: follows other logs when it is told to") {
  LogHost host;
  host.append(incident(1));
  host.tree.add({"other/x.log", incident(2)});
  const auto sampler = host.run();
  REQUIRE(settled(sampler));
  auto gateway = host.gateway;
  gateway.logs.push_back({host.tree.path("other/*.log"), false});
  sampler->watch(gateway);
  CHECK(eventually([&] { return sampler.source().latest()->files == 2; }));
  std::ofstream{host.tree.path("other/x.log"), std::ios::app} << incident(3);
  CHECK(eventually([&] { return shown(sampler) == 1; }));
  CHECK(sampler.stop(1min));
}

TEST_CASE("LogTask: the beginning of trouble is a line of our log, once") {
  LogHost host;
  const auto told = [&] {
    const auto lines = host.captured.lines();
    return std::count_if(lines.begin(), lines.end(), [](const auto& line) {
      return line.find("lock timeouts have begun") != std::string::npos;
    });
  };
  for (std::uint32_t n = 1; n <= 2; ++n) {
    const auto sampler = host.run();
    REQUIRE(settled(sampler));
    host.append(incident(2 * n) + incident(2 * n + 1));
    CHECK(eventually([&] { return shown(sampler) == 2 * n; }));
    CHECK(sampler.stop(1min));
    CHECK(told() == 1);
  }
}
