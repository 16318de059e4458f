// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_reader.h"

#include <doctest/doctest.h>
#include <malloc.h>

#include <memory>
#include <string>
#include <vector>

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
