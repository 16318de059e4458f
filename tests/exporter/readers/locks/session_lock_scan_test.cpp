// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/session_lock_scan.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

constexpr const char* kBody =
    R"({"pid": 7, "createdAt": "2026-11-20T23:10:56.839Z", "starttime": 5})";

SessionLocks scan(SessionLockScan& scanner, const TempTree& tree,
                  std::optional<WallTime> sqlite_gateway_at = {},
                  WallClock clock = wall_time_now) {
  auto found = scanner.scan(tree.root(), false, sqlite_gateway_at, clock);
  std::sort(found.locks.begin(), found.locks.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return found;
}

SessionLocks scan(const TempTree& tree) {
  SessionLockScan scanner;
  return scan(scanner, tree);
}

/// A clock an hour ahead: what was just written is old.
WallTime in_an_hour() { return wall_time_now() + std::chrono::hours{1}; }

}  // namespace

TEST_CASE("SessionLockScan: locks alone, of both kinds") {
  const TempTree tree{{"a.jsonl.lock", kBody},  {"sessions.json.lock", kBody},
                      {"a.jsonl", "{}"},        {"sessions.json", "{}"},
                      {".b.jsonl.lock", kBody}, {"c.jsonl.lock.tmp", kBody}};
  const auto found = scan(tree);
  CHECK(found.complete);
  CHECK(found.problems.empty());
  REQUIRE(found.locks.size() == 2);
  CHECK(found.locks[0].name == "a.jsonl.lock");
  CHECK(found.locks[0].claim->pid == 7);
  CHECK(found.locks[1].name == "sessions.json.lock");
}

TEST_CASE("SessionLockScan: a directory that is not there is not complete") {
  SessionLockScan scanner;
  const TempTree tree{};
  const auto found = scanner.scan(tree.path("none"), false, {}, wall_time_now);
  CHECK_FALSE(found.complete);
  REQUIRE(found.problems.size() == 1);
  CHECK(found.problems[0].fault == Fault::missing);
  CHECK(found.problems[0].where == tree.path("none"));
}

TEST_CASE(
    "SessionLockScan: a lock being written is no problem, an old one "
    "without claim is") {
  for (const std::string body : {"", "{\n  \"pid\"", "garbage\xff"}) {
    const TempTree tree{{"a.jsonl.lock", body}};
    SessionLockScan scanner;
    const auto young = scan(scanner, tree);
    CHECK(young.problems.empty());
    REQUIRE(young.locks.size() == 1);
    CHECK_FALSE(young.locks[0].claim);

    const auto old = scan(scanner, tree, {}, in_an_hour);
    REQUIRE(old.problems.size() == 1);
    CHECK(old.problems[0].fault == Fault::malformed);
    CHECK(old.locks.size() == 1);
  }
}

TEST_CASE("SessionLockScan: a problem never names the session") {
  const TempTree tree{{"secret-session.jsonl.lock", ""},
                      TreeEntry::directory("other-secret.jsonl.lock")};
  SessionLockScan scanner;
  const auto found = scan(scanner, tree, {}, in_an_hour);
  REQUIRE(found.problems.size() == 2);
  for (const auto& problem : found.problems) {
    CHECK(problem.where.find("secret") == std::string::npos);
    CHECK(problem.detail.find("secret") == std::string::npos);
  }
}

TEST_CASE(
    "SessionLockScan: directories, FIFOs and links are problems, not "
    "locks") {
  const TempTree tree{TreeEntry::directory("d.jsonl.lock"),
                      TreeEntry::fifo("f.jsonl.lock"),
                      TreeEntry::symlink("l.jsonl.lock", "l.jsonl.lock"),
                      {"ok.jsonl.lock", kBody}};
  const auto found = scan(tree);
  CHECK(found.complete);
  CHECK(found.locks.size() == 1);
  CHECK(found.problems.size() == 3);
}

TEST_CASE("SessionLockScan: what changed is read again") {
  TempTree tree{{"a.jsonl.lock", ""}};
  SessionLockScan scanner;
  CHECK_FALSE(scan(scanner, tree).locks.at(0).claim);
  tree.add({"a.jsonl.lock", kBody});
  CHECK(scan(scanner, tree).locks.at(0).claim->pid == 7);
  tree.add({"a.jsonl.lock", R"({"pid": 12345})"});
  CHECK(scan(scanner, tree).locks.at(0).claim->pid == 12345);
  tree.remove("a.jsonl.lock");
  CHECK(scan(scanner, tree).locks.empty());
}

TEST_CASE("SessionLockScan: names that are not UTF-8 are names") {
  const TempTree tree{{"\xff\xfe\n.jsonl.lock", kBody}};
  CHECK(scan(tree).locks.at(0).name == "\xff\xfe\n.jsonl.lock");
}

TEST_CASE(
    "SessionLockScan: left-over locks of an era C state dir are "
    "counted, not listed") {
  const TempTree tree{{"a.jsonl.lock", kBody}, {"b.jsonl.lock", kBody}};
  SessionLockScan scanner;
  const auto gateway = parse_iso8601("2026-11-20T23:39:42.805Z");
  const auto clock = [&] { return *gateway + std::chrono::hours{1}; };
  const auto found = scan(scanner, tree, gateway, clock);
  CHECK(found.locks.empty());
  CHECK(found.leftover_files == 2);
  const auto before = parse_iso8601("2026-11-20T23:00:00Z");
  CHECK(scan(scanner, tree, before, clock).locks.size() == 2);
}

TEST_CASE("SessionLockScan: a thousand locks among many files") {
  TempTree tree{};
  for (int i = 0; i < 1000; ++i) {
    const auto name = std::to_string(i);
    tree.add({name + ".jsonl.lock", kBody});
    tree.add({name + ".jsonl", ""});
  }
  CHECK(scan(tree).locks.size() == 1000);
}

TEST_CASE("SessionLockScan: lists a followed directory when its stamp is new") {
  TempTree tree{{"s.jsonl", ""}};
  SessionLockScan scanner;
  WallTime now = wall_time_now() + std::chrono::seconds{10};
  const auto locks = [&](bool followed) {
    return scanner.scan(tree.root(), followed, {}, [&] { return now; })
        .locks.size();
  };
  CHECK(locks(true) == 0);
  struct stat before {};
  REQUIRE(::stat(tree.root().c_str(), &before) == 0);
  const auto put_back = [&] {
    const std::array times{timespec{0, UTIME_OMIT}, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, tree.root().c_str(), times.data(), 0) == 0);
  };
  SUBCASE("a lock comes") {
    tree.add({"s.jsonl.lock", kBody});
    CHECK(locks(true) == 1);
    put_back();
    CHECK(locks(true) == 1);
    tree.remove("s.jsonl.lock");
    put_back();
    CHECK(locks(true) == 0);
  }
  SUBCASE("it comes out of a backup, with the mtime of then") {
    tree.add({"s.jsonl.lock", kBody});
    put_back();
    CHECK(locks(true) == 1);
  }
}

TEST_CASE("SessionLockScan: leftovers of a gateway that is gone are locks") {
  TempTree tree{{"s.jsonl.lock", kBody}};
  SessionLockScan scanner;
  const auto now = wall_time_now() + std::chrono::seconds{10};
  const auto scan_at = [&](std::optional<WallTime> sqlite_gateway_at) {
    return scanner.scan(tree.root(), true, sqlite_gateway_at,
                        [&] { return now; });
  };
  CHECK(scan_at(now).leftover_files == 1);
  CHECK(scan_at(now).leftover_files == 1);
  CHECK(scan_at({}).locks.size() == 1);
}
