// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/lock_reader.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/state_dir.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

std::uint64_t problems(const LockReader& reader, Fault fault) {
  return reader.report().holder_problems[static_cast<std::size_t>(fault)];
}

}  // namespace

TEST_CASE("LockReader: a state dir without locks") {
  StateDir dir;
  auto reader = dir.reader();
  CHECK(reader.round().success);
  CHECK(holders(reader) == "0 0 0 0");
  CHECK(totals(reader) == "0 0 0 0");
  CHECK(reader.report().snapshot->agents == std::set<std::string>{"main"});
  CHECK(reader.report().followed);
}

TEST_CASE("LockReader: judges each lock") {
  StateDir dir;
  dir.put_lock("alive", StateDir::body(7, 5000));
  dir.put_lock("dead", StateDir::body(8, 5000));
  dir.put_lock("recycled", StateDir::body(7, 4000));
  dir.put_lock("empty", "");
  auto reader = dir.reader();
  CHECK(reader.round().success);
  CHECK(holders(reader) == "1 1 1 1");
  CHECK(totals(reader) == "0 0 0 0");
}

TEST_CASE("LockReader: a snapshot has createdAt, limit and series of a lock") {
  StateDir dir;
  dir.put_lock("a", R"({"pid": 7, "createdAt": "2026-11-20T23:10:30.500Z",)"
                    R"( "maxHoldMs": 1020000, "starttime": 5000})");
  auto reader = dir.reader();
  reader.round();
  REQUIRE(reader.report().snapshot->locks.size() == 1);
  const auto& lock = reader.report().snapshot->locks[0];
  CHECK(lock.series == LockSeries{"main", LockKind::session});
  CHECK(lock.acquired_at == parse_iso8601("2026-11-20T23:10:30.500Z"));
  CHECK(lock.max_hold == 1020s);
}

TEST_CASE(
    "LockReader: without a census holders are unknown, by nobody's "
    "fault") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(8, 5000));
  LockReader reader{{dir.tree.path("state"), {}, dir.procfs.path()}, {}};
  CHECK(reader.round().success);
  CHECK(holders(reader) == "0 0 0 1");
  CHECK(reader.holder_problems().empty());
}

TEST_CASE("LockReader: a census that gives nothing in time is told") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(8, 5000));
  dir.put_lock("b", StateDir::body(9, 5000));
  LockReader reader{{dir.tree.path("state"), {}, dir.procfs.path()},
                    [] { return nullptr; }};
  CHECK(reader.round().success);
  CHECK(holders(reader) == "0 0 0 2");
  CHECK(problems(reader, Fault::timeout) == 1);
  REQUIRE(reader.holder_problems().size() == 1);
}

TEST_CASE(
    "LockReader: the census is asked after the locks were read, and "
    "only for a lock with a pid") {
  StateDir dir;
  int asked = 0;
  dir.while_judging = [&] { ++asked; };
  auto reader = dir.reader();
  reader.round();
  dir.put_lock("empty", "");
  reader.round();
  CHECK(asked == 0);
  dir.put_lock("a", StateDir::body(7, 5000));
  reader.round();
  CHECK(asked == 1);
}

TEST_CASE(
    "LockReader: on a network file system nothing is dead, and nothing "
    "is followed") {
  StateDir dir;
  dir.procfs.write("self/mountinfo", root_mount("nfs4"));
  dir.put_lock("alive", StateDir::body(7, 5000));
  dir.put_lock("gone", StateDir::body(8, 5000));
  auto reader = dir.reader();
  CHECK(reader.round().success);
  CHECK(holders(reader) == "1 0 0 1");
  CHECK_FALSE(reader.report().followed);
  CHECK(problems(reader, Fault::pid_namespace) == 1);
}

TEST_CASE(
    "LockReader: a lock that is replaced while its holder is judged is "
    "not called dead") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(8, 5000));
  dir.while_judging = [&] {
    dir.tree.remove(std::string{StateDir::kSessions} + "a.jsonl.lock");
    dir.tree.add({"elsewhere", ""});  // so that the inode is not used again
    dir.put_lock("a", StateDir::body(7, 5000));
  };
  auto reader = dir.reader();
  reader.round();
  CHECK(holders(reader) == "0 0 0 1");
  dir.while_judging = nullptr;
  reader.round();
  CHECK(holders(reader) == "1 0 0 0");
}

TEST_CASE(
    "LockReader: a lock that is released while its holder is judged is "
    "left out") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(8, 5000));
  dir.while_judging = [&] {
    dir.tree.remove(std::string{StateDir::kSessions} + "a.jsonl.lock");
  };
  auto reader = dir.reader();
  reader.round();
  CHECK(holders(reader) == "0 0 0 0");
}

TEST_CASE("LockReader: a missing state dir has no snapshot, and comes back") {
  StateDir dir;
  auto reader = dir.reader();
  CHECK(reader.round().success);
  std::filesystem::rename(dir.tree.path("state"), dir.tree.path("away"));
  const auto failed = reader.round();
  CHECK_FALSE(failed.success);
  CHECK(holders(reader) == "none");
  std::filesystem::rename(dir.tree.path("away"), dir.tree.path("state"));
  CHECK(reader.round().success);
  CHECK(holders(reader) == "0 0 0 0");
}

TEST_CASE("LockReader: an agent that cannot be read is not in the snapshot") {
  if (::getuid() == 0) return;
  StateDir dir;
  dir.tree.add(TreeEntry::directory("state/agents/shut/sessions", 0));
  auto reader = dir.reader();
  CHECK_FALSE(reader.round().success);
  CHECK(reader.report().snapshot->agents == std::set<std::string>{"main"});
}

TEST_CASE("LockReader: an agent that is gone is no longer told of") {
  StateDir dir;
  dir.tree.add(TreeEntry::directory("state/agents/guest/sessions"));
  auto reader = dir.reader();
  reader.round();
  CHECK(reader.report().snapshot->agents.contains("guest"));
  dir.tree.remove("state/agents/guest");
  CHECK(reader.round().success);
  CHECK_FALSE(reader.report().snapshot->agents.contains("guest"));
}

TEST_CASE(
    "LockReader: a holder seen alive is proven dead in a container of "
    "the exporter's own") {
  StateDir dir;
  dir.procfs.remove("2");  // no kthreadd
  dir.put_lock("a", StateDir::body(7, 5000));
  auto reader = dir.reader();
  reader.round();
  CHECK(holders(reader) == "1 0 0 0");
  dir.procfs.remove("7");
  dir.procfs.add(FakeProcess{1, 1, "tini"});
  reader.round();
  CHECK(holders(reader) == "0 1 0 0");
  CHECK(totals(reader) == "0 0 1 0");
}

TEST_CASE("LockReader: many locks at once") {
  StateDir dir;
  for (int i = 0; i < 2000; ++i)
    dir.put_lock(std::to_string(i), StateDir::body(i % 2 == 0 ? 7 : 8, 5000));
  auto reader = dir.reader();
  CHECK(reader.round().success);
  CHECK(holders(reader) == "1000 1000 0 0");
}

TEST_CASE("LockReader: 70 agents share 64 labels and one more") {
  StateDir dir;
  for (int i = 0; i < 70; ++i)
    dir.tree.add(TreeEntry::directory("state/agents/" + std::to_string(i) +
                                      "/sessions"));
  auto reader = dir.reader();
  CHECK(reader.round().success);
  CHECK(reader.report().snapshot->agents.size() == 65);
  CHECK(reader.report().snapshot->agents.contains("_other"));
}

TEST_CASE("LockReader: live processes that hold session locks") {
  StateDir host;
  host.procfs.add(FakeProcess{8, 6000});
  host.put_lock("a", StateDir::body(7, 5000));
  host.put_lock("b", StateDir::body(7, 5000));
  host.put_lock("c", StateDir::body(8, 6000));
  host.put_lock("d", StateDir::body(9, 7000));
  auto reader = host.reader();
  reader.round();
  REQUIRE(reader.report().snapshot);
  CHECK(reader.report().snapshot->writers.size() == 2);
  CHECK(reader.report().snapshot->writers_known);
  host.put_lock("e", "garbage");
  reader.round();
  CHECK_FALSE(reader.report().snapshot->writers_known);
}
