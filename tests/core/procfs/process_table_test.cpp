// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/process_table.h"

#include <doctest/doctest.h>

#include <set>

using namespace openclaw_lock;

namespace {

Process process(int pid, std::vector<int> ns_pids = {}) {
  Process made;
  made.stat.pid = pid;
  made.ns_pids = std::move(ns_pids);
  return made;
}

std::multiset<int> with_pid(const ProcessTable& table, int pid) {
  std::multiset<int> outer;
  const auto [begin, end] = table.by_pid.equal_range(pid);
  for (auto entry = begin; entry != end; ++entry)
    outer.insert(table.processes[entry->second].stat.pid);
  return outer;
}

}  // namespace

TEST_CASE("ProcessTable: a new one proves nothing") {
  const ProcessTable table;
  CHECK_FALSE(table.complete);
  CHECK_FALSE(table.initial_namespace);
  CHECK_FALSE(table.boot_time);
}

TEST_CASE("ProcessTable: a process is found by its pid of each level") {
  ProcessTable table;
  table.processes = {process(100, {100}), process(200, {200, 7, 1}),
                     process(300, {300, 7})};
  table.index();
  CHECK(with_pid(table, 100) == std::multiset{100});
  CHECK(with_pid(table, 7) == std::multiset{200, 300});
  CHECK(with_pid(table, 1) == std::multiset{200});
  CHECK(with_pid(table, 8).empty());
}

TEST_CASE("ProcessTable: the same pid on two levels is one entry") {
  ProcessTable table;
  table.processes = {process(7, {7, 7})};
  table.index();
  CHECK(with_pid(table, 7) == std::multiset{7});
}

TEST_CASE("ProcessTable: without NSpid the pid of stat counts") {
  ProcessTable table;
  table.processes = {process(7)};
  table.index();
  CHECK(with_pid(table, 7) == std::multiset{7});
}

TEST_CASE("ProcessTable: index starts afresh") {
  ProcessTable table;
  table.processes = {process(7)};
  table.index();
  table.processes = {process(8)};
  table.index();
  CHECK(with_pid(table, 7).empty());
  CHECK(with_pid(table, 8) == std::multiset{8});
}
