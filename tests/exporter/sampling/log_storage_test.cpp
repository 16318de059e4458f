// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_storage.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>

#include "exporter/sampling/positions_file.h"
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

/// The one file of a storage.
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

/// As version 0.1.0 kept a checkpoint.
void add_old_file(const fs::path& path, const LogCheckpoint& checkpoint) {
  const auto body = encode_checkpoint(checkpoint);
  const auto sum =
      ::crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  std::ofstream{path} << "openclaw-lock-exporter logs 1 " << sum << '\n'
                      << body;
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

TEST_CASE("LogStorage: any name of a gateway is kept") {
  const TempTree tree;
  const auto directory = tree.root() / "positions";
  const std::string names[] = {
      "a/b", "../a", "a", "", ".", std::string(1000, 'x'), "\xff\n"};
  {
    const auto storage = open(directory);
    std::uint64_t number = 1;
    for (const auto& name : names)
      storage->store(checkpoint(name, number++), [](const auto&) {});
    CHECK(storage->flush(1min));
  }
  const auto storage = open_when_free(directory);
  std::uint64_t number = 1;
  for (const auto& name : names) CHECK(kept(*storage, name) == number++);
  only_file(directory);
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

TEST_CASE("LogStorage: many gateways share a sync, each is told once") {
  const TempTree tree;
  const auto storage = open(tree.root());
  std::promise<void> first_done;
  std::promise<void> go_on;
  storage->store(checkpoint("first"), [&](const auto& problem) {
    CHECK_FALSE(problem);
    first_done.set_value();
    go_on.get_future().wait();
  });
  first_done.get_future().wait();
  std::atomic<int> told = 0;
  for (int round = 0; round < 3; ++round)
    for (int i = 0; i < 1000; ++i)
      storage->store(
          checkpoint(std::to_string(i), static_cast<std::uint64_t>(1 + round)),
          [&](const auto& problem) {
            CHECK_FALSE(problem);
            ++told;
          });
  go_on.set_value();
  CHECK(storage->flush(1min));
  CHECK(told == 3000);
  CHECK(storage->commits() == 2);
  CHECK(kept(*storage, "999") == 3);
}

TEST_CASE("LogStorage: what is told to be written is on disk") {
  const TempTree tree;
  const auto storage = open(tree.root());
  for (std::uint64_t n = 1; n <= 5; ++n) {
    std::promise<std::string> found;
    storage->store(checkpoint("main", n), [&](const auto&) {
      std::ifstream file{tree.root() / "positions"};
      found.set_value({std::istreambuf_iterator<char>{file}, {}});
    });
    CHECK(found.get_future().get().find("\"bytes\":" + std::to_string(n)) !=
          std::string::npos);
  }
}

TEST_CASE("LogStorage: a callback may store") {
  const TempTree tree;
  const auto storage = open(tree.root());
  std::promise<void> done;
  storage->store(checkpoint("main", 1), [&](const auto&) {
    storage->store(checkpoint("main", 2),
                   [&](const auto&) { done.set_value(); });
  });
  done.get_future().wait();
  CHECK(kept(*storage, "main") == 2);
}

TEST_CASE("LogStorage: an end writes what has come") {
  const TempTree tree;
  {
    const auto storage = open(tree.root());
    CHECK_FALSE(storage->store(checkpoint("main", 1), 1min));
    storage->store(checkpoint("main", 2), [](const auto&) {});
  }
  CHECK(kept(*open_when_free(tree.root()), "main") == 2);
}

TEST_CASE("LogStorage: when a gateway was first seen comes back") {
  const TempTree tree;
  const WallTime at{1795216202836ms};
  {
    const auto storage = open(tree.root());
    CHECK_FALSE(storage->first_seen("main"));
    storage->put_first_seen("main", at - 1s);
    storage->put_first_seen("main", at);
    CHECK(storage->first_seen("main") == at);
    CHECK(kept(*storage, "main") == 0);
    CHECK(storage->flush(1min));
    CHECK(storage->first_seen("main") == at);
    CHECK_FALSE(storage->store(checkpoint("main", 3), 1min));
  }
  const auto storage = open_when_free(tree.root());
  CHECK(storage->first_seen("main") == at);
  CHECK(kept(*storage, "main") == 3);
}

TEST_CASE("LogStorage: what is forgotten is gone for good") {
  const TempTree tree;
  {
    const auto storage = open(tree.root());
    for (const auto* name : {"a", "b", "c"}) {
      CHECK_FALSE(storage->store(checkpoint(name, 1), 1min));
      storage->put_first_seen(name, WallTime{1ms});
    }
    CHECK(storage->flush(1min));
    storage->forget("a");
    storage->forget("b");
    storage->put_first_seen("b", WallTime{2ms});
    storage->store(checkpoint("c", 2), [](const auto&) {});
    storage->forget("c");
    for (const auto* name : {"a", "b", "c"}) CHECK(kept(*storage, name) == 0);
    CHECK(storage->flush(1min));
    for (const auto* name : {"a", "b", "c"}) CHECK(kept(*storage, name) == 0);
  }
  const auto storage = open_when_free(tree.root());
  using FirstSeen = std::map<std::string, WallTime>;
  CHECK(storage->first_seen() == FirstSeen{{"b", WallTime{2ms}}});
  storage->put_first_seen("d", WallTime{3ms});
  storage->forget("b");
  CHECK(storage->first_seen() == FirstSeen{{"d", WallTime{3ms}}});
  storage->put_first_seen("b", WallTime{2ms});
  for (const auto* name : {"a", "b", "c"}) CHECK(kept(*storage, name) == 0);
  CHECK_FALSE(storage->first_seen("a"));
  CHECK(storage->first_seen("b") == WallTime{2ms});
  CHECK_FALSE(storage->first_seen("c"));
}

TEST_CASE("LogStorage: facts outlive a disk that could not be written") {
  const TempTree tree;
  const auto directory = tree.root() / "positions";
  const auto storage = open(directory);
  fs::remove_all(directory);
  storage->put_first_seen("main", WallTime{1ms});
  CHECK(storage->flush(1min));
  CHECK(storage->first_seen("main") == WallTime{1ms});
  fs::create_directory(directory);
  CHECK_FALSE(storage->store(checkpoint("other"), 1min));
  CHECK(PositionsFile::open(directory)->index().find("main") != nullptr);
}

TEST_CASE("LogStorage: files of 0.1.0 are read, and go when superseded") {
  const TempTree tree;
  const auto main = tree.root() / "logs-dce662a50c4e6cd8";
  const auto other = tree.root() / "logs-0";
  add_old_file(main, checkpoint("main", 41));
  add_old_file(other, checkpoint("other", 1));
  {
    const auto storage = open(tree.root());
    CHECK(kept(*storage, "main") == 41);
    storage->put_first_seen("main", WallTime{1ms});
    CHECK(storage->flush(1min));
    CHECK(kept(*storage, "main") == 41);
    CHECK(fs::exists(main));
    CHECK_FALSE(storage->store(checkpoint("main", 42), 1min));
    CHECK(kept(*storage, "main") == 42);
    CHECK(storage->flush(1min));
    CHECK_FALSE(fs::exists(main));
    CHECK(fs::exists(other));
  }
  CHECK(kept(*open_when_free(tree.root()), "main") == 42);
}

TEST_CASE("LogStorage: an old file of a gateway that is forgotten goes") {
  const TempTree tree;
  const auto file = tree.root() / "logs-dce662a50c4e6cd8";
  add_old_file(file, checkpoint("main", 41));
  const auto storage = open(tree.root());
  storage->forget("main");
  CHECK(kept(*storage, "main") == 0);
  CHECK(storage->flush(1min));
  CHECK(kept(*storage, "main") == 0);
  CHECK_FALSE(fs::exists(file));
}

TEST_CASE("LogStorage: an old file that is damaged or of another is told") {
  const TempTree tree;
  const auto file = tree.root() / "logs-dce662a50c4e6cd8";
  add_old_file(file, checkpoint("other"));
  const auto storage = open(tree.root());
  auto loaded = storage->load("main");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.problem().detail == "of another gateway");
  CHECK(loaded.problem().where == file);
  fs::resize_file(file, fs::file_size(file) - 1);
  loaded = storage->load("main");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.problem().fault == Fault::malformed);
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

TEST_CASE("LogStorage: in memory, facts are kept and forgotten, too") {
  const auto storage = open("");
  bool told = false;
  storage->store(checkpoint("main", 1),
                 [&](const auto& problem) { told = !problem; });
  CHECK(told);
  storage->put_first_seen("main", WallTime{1ms});
  CHECK(storage->first_seen("main") == WallTime{1ms});
  CHECK(storage->flush(0ms));
  storage->forget("main");
  CHECK_FALSE(storage->first_seen("main"));
  CHECK(kept(*storage, "main") == 0);
}
