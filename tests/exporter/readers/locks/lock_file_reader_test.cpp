// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/lock_file_reader.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "exporter/system/file.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

constexpr const char* kLock = "a.jsonl.lock";
constexpr const char* kBody =
    "{\n  \"pid\": 25434,\n  \"createdAt\": \"2026-11-20T23:10:56.839Z\",\n"
    "  \"starttime\": 118885\n}";

Result<LockFile> read(const TempTree& tree, const std::string& name = kLock) {
  return read_lock_file(*open_directory(tree.root()), name);
}

Result<LockFile> look(const TempTree& tree, const std::string& name = kLock) {
  return stat_lock_file(*open_directory(tree.root()), name);
}

void set_mtime(const std::string& path, time_t seconds, long nanoseconds) {
  timespec times[2] = {{0, UTIME_OMIT}, {seconds, nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("read_lock_file: claim, identity, time and size") {
  const TempTree tree{{kLock, kBody}};
  set_mtime(tree.path(kLock), 1795216256, 834'513'614);
  const auto file = read(tree);
  REQUIRE(file);
  REQUIRE(file->claim);
  CHECK(file->claim->pid == 25434);
  CHECK(file->modified_at == parse_iso8601("2026-11-20T23:10:56.834Z"));
  CHECK(file->identity.mtime_ns == 1'795'216'256'834'513'614);
  CHECK(file->size == static_cast<std::int64_t>(std::strlen(kBody)));
  struct stat found {};
  REQUIRE(::stat(tree.path(kLock).c_str(), &found) == 0);
  CHECK(file->identity.inode == found.st_ino);
}

TEST_CASE("read_lock_file: a createdAt without a zone is of ours") {
  const std::string before = std::getenv("TZ") ? std::getenv("TZ") : "";
  REQUIRE(::setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1) == 0);
  const TempTree tree{
      {"w.jsonl.lock", R"({"createdAt": "2026-11-20T18:10:56.839"})"},
      {"s.jsonl.lock", R"({"createdAt": "2026-07-20T19:10:56.839"})"}};
  const auto winter = read(tree, "w.jsonl.lock");
  const auto summer = read(tree, "s.jsonl.lock");
  if (before.empty())
    ::unsetenv("TZ");
  else
    ::setenv("TZ", before.c_str(), 1);
  CHECK(winter->claim->created_at == parse_iso8601("2026-11-20T23:10:56.839Z"));
  CHECK(summer->claim->created_at == parse_iso8601("2026-07-20T23:10:56.839Z"));
}

TEST_CASE("stat_lock_file: the same without the claim") {
  const TempTree tree{{kLock, kBody, 0}};
  const auto file = look(tree);
  REQUIRE(file);
  CHECK(file->size == static_cast<std::int64_t>(std::strlen(kBody)));
}

TEST_CASE(
    "read_lock_file: an empty or half-written lock is a file without "
    "claim") {
  for (const std::string body : {"", "{", "{\n  \"pid\": 25", "not json"}) {
    CAPTURE(body);
    const TempTree tree{{kLock, body}};
    const auto file = read(tree);
    REQUIRE(file);
    REQUIRE_FALSE(file->claim);
    CHECK(file->claim.problem().fault == Fault::malformed);
  }
}

TEST_CASE("read_lock_file: what is missing or vanished is missing") {
  const TempTree tree{};
  CHECK(read(tree).problem().fault == Fault::missing);
  CHECK(look(tree).problem().fault == Fault::missing);
}

TEST_CASE("read_lock_file: only regular files are locks") {
  const TempTree tree{TreeEntry::directory("d.jsonl.lock"),
                      TreeEntry::fifo("f.jsonl.lock"),
                      {"real", kBody},
                      TreeEntry::symlink("l.jsonl.lock", "real"),
                      TreeEntry::symlink("loop.jsonl.lock", "loop.jsonl.lock"),
                      TreeEntry::symlink("null.jsonl.lock", "/dev/null"),
                      TreeEntry::symlink("gone.jsonl.lock", "nowhere")};
  const UniqueFd listener{::socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = tree.path("s.jsonl.lock");
  REQUIRE(path.size() < sizeof address.sun_path);
  std::strcpy(address.sun_path, path.c_str());
  REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address),
                 sizeof address) == 0);
  for (const auto* name : {"d", "f", "l", "loop", "null", "gone", "s"}) {
    CAPTURE(name);
    const auto file = read(tree, name + std::string{".jsonl.lock"});
    REQUIRE_FALSE(file);
    CHECK(file.problem().fault == Fault::malformed);
    CHECK(file.problem().where.empty());
    CHECK_FALSE(look(tree, name + std::string{".jsonl.lock"}));
  }
}

TEST_CASE("read_lock_file: 4096 bytes are read, 4097 are too big") {
  const std::string longest =
      kBody + std::string(kMaxLockBytes - std::strlen(kBody), ' ');
  TempTree tree{{kLock, longest}};
  CHECK(read(tree)->claim);
  tree.add({kLock, longest + ' '});
  const auto file = read(tree);
  REQUIRE(file);
  CHECK(file->claim.problem().fault == Fault::too_big);
}

TEST_CASE("read_lock_file: a gigabyte of nothing is not read") {
  const TempTree tree{{kLock, ""}};
  REQUIRE(::truncate(tree.path(kLock).c_str(), 1 << 30) == 0);
  const auto file = read(tree);
  REQUIRE(file);
  CHECK(file->claim.problem().fault == Fault::too_big);
  CHECK(file->size == 1 << 30);
}

TEST_CASE("read_lock_file: one that may not be read is there all the same") {
  if (::getuid() == 0) return;
  const TempTree tree{{kLock, kBody, 0}};
  const auto file = read(tree);
  REQUIRE(file);
  CHECK(file->claim.problem().fault == Fault::denied);
  CHECK(file->identity.inode != 0);
}

TEST_CASE("read_lock_file: a lock is not changed by being read") {
  const TempTree tree{{kLock, kBody}};
  const auto before = look(tree);
  CHECK(read(tree));
  CHECK(look(tree)->identity == before->identity);
}

TEST_CASE("read_lock_file: absurd times do not overflow") {
  const TempTree tree{{kLock, kBody}};
  for (const std::int64_t seconds :
       {INT64_C(15'032'385'535), INT64_C(9'999'999'999), INT64_C(1) << 40,
        INT64_C(1) << 55, INT64_MAX, INT64_C(-1), INT64_C(-2'000'000'000),
        INT64_MIN}) {
    CAPTURE(seconds);
    set_mtime(tree.path(kLock), seconds, 999'999'999);
    const auto file = read(tree);
    REQUIRE(file);
    CHECK(file->identity == look(tree)->identity);
    CHECK(file->modified_at < parse_iso8601("9999-12-31T23:59:59Z").value() +
                                  std::chrono::hours{1});
    CHECK(file->modified_at > WallTime{} - std::chrono::hours{24 * 366 * 8000});
  }
}
