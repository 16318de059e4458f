// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_reader.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/eventually.h"
#include "tests/support/log_records.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

/// A gateway with a log of its own below the tree.
WatchedGateway gateway(const TempTree& tree, int number) {
  WatchedGateway made;
  made.name = std::to_string(number);
  made.logs = {{tree.path(made.name + "/openclaw-*.log"), false}};
  return made;
}

void add_log(TempTree& tree, int number) {
  tree.add({std::to_string(number) + "/openclaw-2026-11-20.log",
            log_records::plain(1, 2000)});
}

}  // namespace

TEST_CASE("LogReader: one whose log is quiet takes little memory") {
  constexpr int kReaders = 100;
  TempTree tree;
  for (int i = 0; i <= kReaders; ++i) add_log(tree, i);
  const auto listers = std::make_shared<PatternListers>();
  const auto make = [&](int number) {
    auto reader = std::make_unique<LogReader>(std::to_string(number),
                                              std::nullopt, listers);
    reader->watch(gateway(tree, number));
    for (int round = 0; round < 3; ++round) CHECK(reader->round().success);
    return reader;
  };
  const auto first = make(kReaders);
  std::vector<std::unique_ptr<LogReader>> readers;
  readers.reserve(kReaders);
  const auto before = ::mallinfo2().uordblks;
  for (int i = 0; i < kReaders; ++i) readers.push_back(make(i));
  const auto each = (::mallinfo2().uordblks - before) / kReaders;
  MESSAGE(each << " bytes each");
  CHECK(each <= 12 << 10);
}

TEST_CASE("LogReader: what the gate closes is told") {
  TempTree tree;
  add_log(tree, 1);
  LogReader reader{"1"};
  reader.watch(gateway(tree, 1));
  const auto result =
      reader.round([](const std::string& /*path*/) { return false; });
  CHECK_FALSE(result.success);
  REQUIRE_FALSE(result.problems.empty());
  CHECK(result.problems[0].fault == Fault::timeout);
  CHECK(result.problems[0].where == tree.path("1"));
  CHECK(reader.round().success);
}

namespace {

/// Two gateways below the tree, each with logs of these patterns.
struct TwoGateways {
  TwoGateways(const std::string& first_logs, const std::string& second_logs) {
    tree.add({"logs/all.log", log_records::plain(1)});
    tree.add({"logs/second.log", log_records::plain(1)});
    for (auto* const number : {"1", "2"}) {
      WatchedGateway gateway;
      gateway.name = number;
      gateway.host_dirs = gateway.own_dirs = {tree.path(number)};
      gateway.logs = {
          {tree.path(number[0] == '1' ? first_logs : second_logs), false}};
      places.dirs.push_back(tree.path(number));
      readers.push_back(std::make_unique<LogReader>(number));
      readers.back()->watch(gateway);
    }
    round();
  }

  void round() {
    for (const auto& reader : readers)
      reader->round(always_open, std::make_shared<const KnownPlaces>(places),
                    &foreign);
  }

  /// Until all that was written has been handed over and counted.
  void settle() {
    for (int i = 0; i < 3; ++i) round();
    CHECK(eventually([this] {
      round();
      return std::ranges::none_of(
          readers, [](const auto& reader) { return reader->waits(); });
    }));
  }

  /// In `log`, a run of the gateway that failed.
  void fail(const std::string& log, const std::string& number) {
    std::ofstream{tree.path(log), std::ios::app} << log_records::record(
        ++records, "diagnostic", 5,
        "lane task error: lane=session:agent:main:main durationMs=17733 "
        "error=\\\"session file locked (timeout 10000ms): pid=13623 " +
            tree.path(number) +
            "/agents/main/sessions/1e29302e.jsonl.lock\\\"");
    records += 60000;
  }

  std::uint64_t timeouts(int number) {
    std::uint64_t sum = 0;
    const auto report = readers[static_cast<std::size_t>(number - 1)]->report();
    for (const auto& [series, count] : report.totals.timeouts) sum += count;
    return sum;
  }

  TempTree tree;
  KnownPlaces places;
  ForeignEvents foreign;
  std::vector<std::unique_ptr<LogReader>> readers;
  std::uint32_t records = 0;
};

}  // namespace

TEST_CASE("LogReader: hands over what another gateway's log does not have") {
  TwoGateways two{"logs/all.log", "logs/second.log"};
  two.fail("logs/all.log", "1");
  two.fail("logs/all.log", "2");
  two.fail("logs/second.log", "1");
  two.settle();
  CHECK(two.timeouts(1) == 2);
  CHECK(two.timeouts(2) == 1);
}

TEST_CASE("LogReader: what both gateways read is counted once") {
  TwoGateways two{"logs/*.log", "logs/all.log"};
  two.fail("logs/all.log", "2");
  two.fail("logs/all.log", "1");
  two.settle();
  CHECK(two.timeouts(1) == 1);
  CHECK(two.timeouts(2) == 1);
  two.fail("logs/second.log", "2");
  two.settle();
  CHECK(two.timeouts(2) == 2);
}
