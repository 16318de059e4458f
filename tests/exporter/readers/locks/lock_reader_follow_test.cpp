// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <poll.h>

#include "exporter/readers/locks/lock_reader.h"
#include "tests/support/state_dir.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

// totals(): acquired, released, abandoned, stolen

TEST_CASE("LockReader: follows a hold by events") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  REQUIRE(reader.report().followed);
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  pollfd event{reader.descriptor(), POLLIN, 0};
  CHECK(::poll(&event, 1, 0) == 1);
  reader.follow();
  CHECK(totals(reader) == "1 0 0 0");
  dir.now += 4750ms;
  lock.release();
  reader.follow();
  CHECK(totals(reader) == "1 1 0 0");
  const auto& holds =
      reader.report().totals.at({"main", LockKind::session}).holds;
  CHECK(holds.sum_seconds == doctest::Approx(4.75));
  CHECK_FALSE(reader.wants_round(dir.now + 1h));
}

TEST_CASE("LockReader: sees each of many short holds") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  for (int i = 0; i < 500; ++i)
    HeldLock{dir.lock_path(std::to_string(i % 7)), StateDir::body(7, 5000)}
        .release();
  reader.follow();
  CHECK(totals(reader) == "500 500 0 0");
}

TEST_CASE("LockReader: rounds between events count nothing twice") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  reader.round();
  reader.round();
  CHECK(totals(reader) == "1 0 0 0");
  CHECK(holders(reader) == "1 0 0 0");
  lock.release();
  reader.round();
  CHECK(totals(reader) == "1 1 0 0");
  CHECK(holders(reader) == "0 0 0 0");
}

TEST_CASE(
    "LockReader: asks for a round soon after a lock was closed and "
    "stays") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  HeldLock lock{dir.lock_path("a"), StateDir::body(8, 5000)};
  lock.close();
  reader.follow();
  CHECK_FALSE(reader.wants_round(dir.now));
  CHECK(reader.next_deadline() == dir.now + 20ms);
  dir.now += 20ms;
  CHECK(reader.wants_round(dir.now));
  reader.round();
  CHECK(holders(reader) == "0 1 0 0");
  CHECK(totals(reader) == "1 0 1 0");
  CHECK_FALSE(reader.wants_round(dir.now + 1h));
  lock.remove();
  reader.follow();
  CHECK(totals(reader) == "1 0 1 0");
}

TEST_CASE("LockReader: a stolen lock") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  const HeldLock victim{dir.lock_path("a"), StateDir::body(7, 5000)};
  reader.follow();
  victim.remove();
  const HeldLock thief{dir.lock_path("a"), StateDir::body(9, 6000)};
  reader.follow();
  CHECK(totals(reader) == "2 0 0 1");
}

TEST_CASE("LockReader: picks up a new agent, and what it locks is acquired") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  dir.tree.add(TreeEntry::directory("state/agents/guest"));
  reader.follow();
  CHECK(reader.wants_round(dir.now));
  reader.round();
  CHECK_FALSE(reader.wants_round(dir.now));
  dir.tree.add(
      {"state/agents/guest/sessions/a.jsonl.lock", StateDir::body(7, 5000)});
  reader.follow();
  CHECK(reader.wants_round(dir.now));
  reader.round();
  const auto& all = reader.report().totals;
  CHECK(all.at({"guest", LockKind::session}).acquired == 1);
}

TEST_CASE("LockReader: agents that change places") {
  StateDir dir;
  dir.put_lock("a", StateDir::body(7, 5000));
  dir.tree.add(TreeEntry::directory("state/agents/work/sessions"));
  auto reader = dir.reader();
  reader.round();
  const auto agents = dir.tree.path("state/agents");
  std::filesystem::rename(agents + "/main", agents + "/x");
  std::filesystem::rename(agents + "/work", agents + "/main");
  std::filesystem::rename(agents + "/x", agents + "/work");
  reader.follow();
  CHECK(reader.wants_round(dir.now));
  reader.round();
  REQUIRE(reader.report().snapshot->locks.size() == 1);
  CHECK(reader.report().snapshot->locks[0].series.agent == "work");
  CHECK(reader.report().snapshot->agents ==
        std::set<std::string>{"main", "work"});
  CHECK(totals(reader) == "0 0 0 0");
  HeldLock{agents + "/main/sessions/b.jsonl.lock", StateDir::body(7, 5000)}
      .release();
  reader.follow();
  CHECK(reader.report().totals.at({"main", LockKind::session}).acquired == 1);
  std::filesystem::rename(agents + "/work", agents + "/renamed");
  reader.follow();
  reader.round();
  CHECK(reader.report().snapshot->agents ==
        std::set<std::string>{"main", "renamed"});
}

TEST_CASE(
    "LockReader: an agent that is a link is picked up in its next round") {
  StateDir dir;
  dir.tree.add({"elsewhere/sessions/a.jsonl.lock", StateDir::body(7, 5000)});
  auto reader = dir.reader();
  reader.round();
  dir.tree.add(TreeEntry::symlink("state/agents/guest", "../../elsewhere"));
  reader.follow();
  CHECK_FALSE(reader.wants_round(dir.now));
  reader.round();
  CHECK(reader.report().snapshot->agents.contains("guest"));
}

TEST_CASE("LockReader: what no event tells of is seen within a minute") {
  StateDir dir;
  dir.tree.add(TreeEntry::directory("old/sessions"));
  dir.tree.add({"new/sessions/a.jsonl.lock", StateDir::body(7, 5000)});
  dir.tree.add(TreeEntry::symlink("link", "old"));
  dir.tree.add(TreeEntry::symlink("state/agents/guest", "../../link"));
  auto reader = dir.reader();
  reader.round();
  // A link outside of the state directory leads elsewhere.
  dir.tree.remove("link");
  dir.tree.add(TreeEntry::symlink("link", "new"));
  reader.round();
  CHECK(reader.report().snapshot->locks.empty());
  dir.now += 60s;
  reader.round();
  CHECK(reader.report().snapshot->locks.size() == 1);
}

TEST_CASE(
    "LockReader: a session directory that is made anew is followed "
    "again") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  dir.tree.remove("state/agents/main/sessions");
  reader.follow();
  CHECK(reader.wants_round(dir.now));
  dir.tree.add(TreeEntry::directory("state/agents/main/sessions"));
  reader.round();
  CHECK(reader.report().followed);
  HeldLock{dir.lock_path("a"), StateDir::body(7, 5000)}.release();
  reader.follow();
  CHECK(totals(reader) == "1 1 0 0");
}

TEST_CASE("LockReader: other files of a session directory are nothing") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  dir.tree.add({std::string{StateDir::kSessions} + "a.jsonl", "{}\n"});
  dir.tree.add({std::string{StateDir::kSessions} + "sessions.json", "{}"});
  reader.follow();
  CHECK(totals(reader) == "0 0 0 0");
  CHECK_FALSE(reader.wants_round(dir.now));
}

TEST_CASE("LockReader: a lock that is moved away and back ends and begins") {
  StateDir dir;
  auto reader = dir.reader();
  reader.round();
  HeldLock lock{dir.lock_path("a"), StateDir::body(7, 5000)};
  lock.close();
  std::filesystem::rename(dir.lock_path("a"), dir.tree.path("away"));
  reader.follow();
  CHECK(totals(reader) == "1 1 0 0");
  std::filesystem::rename(dir.tree.path("away"), dir.lock_path("a"));
  reader.follow();
  CHECK(totals(reader) == "2 1 0 0");
}

TEST_CASE("LockReader: without events scans count what they see") {
  StateDir dir;
  dir.procfs.write("self/mountinfo", root_mount("nfs4"));
  auto reader = dir.reader();
  reader.round();
  HeldLock first{dir.lock_path("a"), StateDir::body(7, 5000)};
  reader.round();
  CHECK(totals(reader) == "1 0 0 0");
  first.release();
  reader.round();
  CHECK(totals(reader) == "1 1 0 0");
}
