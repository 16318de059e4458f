// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_storage.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

LogCheckpoint checkpoint(const std::string& gateway, std::uint64_t bytes = 7) {
  LogCheckpoint made;
  made.gateway = gateway;
  made.ledger.totals.bytes = bytes;
  return made;
}

std::shared_ptr<LogStorage> open(const fs::path& directory) {
  auto storage = LogStorage::open(directory);
  REQUIRE(storage);
  return *std::move(storage);
}

/// The writer's thread may hold the lock a moment longer than its owner.
std::shared_ptr<LogStorage> open_when_free(const fs::path& directory) {
  const auto end = std::chrono::steady_clock::now() + 1min;
  auto storage = LogStorage::open(directory);
  while (!storage && std::chrono::steady_clock::now() < end)
    storage = LogStorage::open(directory);
  REQUIRE(storage);
  return *std::move(storage);
}

/// `bytes` of what is kept; 0 for nothing.
std::uint64_t kept(LogStorage& storage, const std::string& gateway) {
  const auto loaded = storage.load(gateway);
  REQUIRE(loaded);
  return *loaded ? (*loaded)->ledger.totals.bytes : 0;
}

/// The one file of a gateway in a storage.
fs::path only_file(const fs::path& directory) {
  fs::path found;
  int files = 0;
  for (const auto& entry : fs::directory_iterator{directory})
    if (entry.path().filename() != "lock") {
      found = entry.path();
      ++files;
    }
  CHECK(files == 1);
  return found;
}

mode_t mode_of(const fs::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("LogStorage: makes its directory, and keeps it to itself") {
  const TempTree tree;
  const auto directory = tree.root() / "positions";
  const auto storage = open(directory);
  CHECK(mode_of(directory) == 0700);
  CHECK_FALSE(storage->store(checkpoint("main"), 1min));
  CHECK(mode_of(only_file(directory)) == 0600);
}

TEST_CASE("LogStorage: does not make the parents of its directory") {
  const TempTree tree;
  const auto storage = LogStorage::open(tree.root() / "none/positions");
  REQUIRE_FALSE(storage);
  CHECK(storage.problem().fault == Fault::missing);
}

TEST_CASE("LogStorage: a file where the directory should be is a problem") {
  const TempTree tree{{"file", "x"}};
  const auto storage = LogStorage::open(tree.root() / "file");
  REQUIRE_FALSE(storage);
  CHECK(storage.problem().fault == Fault::missing);
}

TEST_CASE("LogStorage: a second exporter is refused until the first ends") {
  const TempTree tree;
  auto first = open(tree.root());
  const auto second = LogStorage::open(tree.root());
  REQUIRE_FALSE(second);
  CHECK(second.problem().fault == Fault::denied);
  CHECK(second.problem().where == tree.root());
  first.reset();
  CHECK(open_when_free(tree.root()));
}

TEST_CASE("LogStorage: what was stored comes back, for each gateway") {
  const TempTree tree;
  for (std::uint64_t round = 0; round < 3; ++round) {
    const auto opened = open_when_free(tree.root());
    auto& storage = *opened;
    CHECK(kept(storage, "a") == (round == 0 ? 0 : 10 + round - 1));
    CHECK(kept(storage, "b") == (round == 0 ? 0 : 20 + round - 1));
    CHECK_FALSE(storage.store(checkpoint("a", 10 + round), 1min));
    CHECK_FALSE(storage.store(checkpoint("b", 20 + round), 1min));
    CHECK(kept(storage, "a") == 10 + round);
  }
}

TEST_CASE("LogStorage: any name of a gateway gets a file of its own") {
  const TempTree tree;
  const auto storage = open(tree.root() / "positions");
  const std::string names[] = {
      "a/b", "../a", "a", "", ".", std::string(1000, 'x'), "\xff\n"};
  std::uint64_t number = 1;
  for (const auto& name : names)
    CHECK_FALSE(storage->store(checkpoint(name, number++), 1min));
  number = 1;
  for (const auto& name : names) CHECK(kept(*storage, name) == number++);
  CHECK(std::distance(fs::directory_iterator{tree.root()}, {}) == 1);
}

TEST_CASE("LogStorage: a damaged file is told, and can be written over") {
  const TempTree tree;
  const auto storage = open(tree.root());
  CHECK_FALSE(storage->store(checkpoint("main"), 1min));
  const auto file = only_file(tree.root());
  fs::resize_file(file, fs::file_size(file) - 1);
  const auto loaded = storage->load("main");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.problem().fault == Fault::malformed);
  CHECK(loaded.problem().where == file);
  CHECK_FALSE(storage->store(checkpoint("main", 8), 1min));
  CHECK(kept(*storage, "main") == 8);
}

TEST_CASE("LogStorage: a file of another gateway is not this one's") {
  const TempTree tree;
  const auto storage = open(tree.root());
  CHECK_FALSE(storage->store(checkpoint("main"), 1min));
  const auto file = only_file(tree.root());
  std::ofstream{file} << encode_checkpoint(checkpoint("other"));
  const auto loaded = storage->load("main");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.problem().detail == "of another gateway");
}

TEST_CASE("LogStorage: a directory that vanishes is told, and may return") {
  const TempTree tree;
  const auto directory = tree.root() / "positions";
  const auto storage = open(directory);
  fs::remove_all(directory);
  const auto problem = storage->store(checkpoint("main"), 1min);
  REQUIRE(problem);
  CHECK(problem->fault == Fault::missing);
  CHECK(kept(*storage, "main") == 0);
  fs::create_directory(directory);
  CHECK_FALSE(storage->store(checkpoint("main"), 1min));
  CHECK(kept(*storage, "main") == 7);
}

TEST_CASE("LogStorage: without a directory it keeps all in memory") {
  const auto storage = open("");
  CHECK(kept(*storage, "main") == 0);
  CHECK_FALSE(storage->store(checkpoint("main", 1), 1min));
  CHECK_FALSE(storage->store(checkpoint("main", 2), 1min));
  CHECK(kept(*storage, "main") == 2);
  CHECK(kept(*open(""), "main") == 0);
}
