// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/positions_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

PositionsFile open(const fs::path& directory) {
  auto file = PositionsFile::open(directory);
  REQUIRE(file);
  return *std::move(file);
}

std::optional<Problem> write(PositionsFile& file,
                             const std::vector<PositionChange>& changes) {
  auto problem = file.write(changes);
  if (!problem) file.adopt(changes);
  return problem;
}

PositionChange checkpoint(const std::string& gateway, const std::string& body) {
  return {PositionKind::checkpoint, gateway, body};
}

/// Body of the checkpoint that counts, or a dash.
std::string body(const PositionsFile& file, const std::string& gateway) {
  const auto* entry = file.index().find(gateway);
  if (entry == nullptr || !entry->checkpoint) return "-";
  const auto line = read_position(*file.file(), *entry->checkpoint);
  if (!line) return "?";
  const auto record = decode_position_record(*line);
  return record ? std::string{record->body} : "?";
}

ino_t inode_of(const fs::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_ino;
}

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("PositionsFile: what was written comes back") {
  const TempTree tree;
  {
    auto file = open(tree.root());
    CHECK(file.file() == nullptr);
    CHECK_FALSE(write(file, {checkpoint("a", "1"), checkpoint("b", "2")}));
    CHECK_FALSE(write(file, {checkpoint("a", "3")}));
    CHECK(body(file, "a") == "3");
  }
  const auto file = open(tree.root());
  CHECK(body(file, "a") == "3");
  CHECK(body(file, "b") == "2");
  CHECK_FALSE(file.is_damaged());
}

TEST_CASE("PositionsFile: cut anywhere it keeps all but what was cut") {
  const TempTree tree;
  const auto path = tree.root() / "positions";
  std::size_t sizes[3] = {};
  {
    auto file = open(tree.root());
    CHECK_FALSE(write(file, {checkpoint("a", "1"), checkpoint("b", "1")}));
    sizes[0] = fs::file_size(path);
    CHECK_FALSE(write(file, {checkpoint("a", "2")}));
    sizes[1] = fs::file_size(path);
    CHECK_FALSE(write(file, {checkpoint("b", "2")}));
    sizes[2] = fs::file_size(path);
  }
  const auto text = text_of(path);
  for (auto size = sizes[0]; size <= sizes[2]; ++size) {
    CAPTURE(size);
    fs::remove(path);
    std::ofstream{path, std::ios::binary} << text.substr(0, size);
    {
      auto file = open(tree.root());
      CHECK(body(file, "a") == (size < sizes[1] ? "1" : "2"));
      CHECK(body(file, "b") == (size < sizes[2] ? "1" : "2"));
      CHECK_FALSE(file.is_damaged());
      CHECK_FALSE(write(file, {checkpoint("c", "3")}));
    }
    const auto file = open(tree.root());
    CHECK(body(file, "a") == (size < sizes[1] ? "1" : "2"));
    CHECK(body(file, "b") == (size < sizes[2] ? "1" : "2"));
    CHECK(body(file, "c") == "3");
    CHECK_FALSE(file.is_damaged());
  }
}

TEST_CASE("PositionsFile: is written anew where less than half of it counts") {
  const TempTree tree;
  const auto path = tree.root() / "positions";
  const std::string large(100'000, 'x');
  auto file = open(tree.root());
  CHECK_FALSE(write(file, {checkpoint("quiet", "q")}));
  const auto first = inode_of(path);
  for (int i = 0; i < 8; ++i)
    CHECK_FALSE(write(file, {checkpoint("busy", large)}));
  CHECK(inode_of(path) == first);
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(write(file, {checkpoint("busy", large)}));
    REQUIRE(fs::file_size(path) < 1'500'000);
  }
  CHECK(inode_of(path) != first);
  CHECK(body(file, "quiet") == "q");
  CHECK(body(file, "busy") == large);
  const auto again = open(tree.root());
  CHECK(body(again, "quiet") == "q");
  CHECK(body(again, "busy") == large);
}

TEST_CASE("PositionsFile: a file that is held is readable when replaced") {
  const TempTree tree;
  auto file = open(tree.root());
  CHECK_FALSE(write(file, {checkpoint("a", "1")}));
  const auto held = file.file();
  const auto span = *file.index().find("a")->checkpoint;
  fs::remove(tree.root() / "positions");
  CHECK_FALSE(write(file, {checkpoint("b", "2")}));
  CHECK(file.file() != held);
  CHECK(read_position(*held, span));
  CHECK(body(file, "a") == "1");
  CHECK(body(open(tree.root()), "a") == "1");
}

TEST_CASE("PositionsFile: a problem shows nothing, and the next write heals") {
  const TempTree tree;
  const auto directory = tree.root() / "positions";
  fs::create_directory(directory);
  auto file = open(directory);
  CHECK_FALSE(write(file, {checkpoint("a", "1")}));
  fs::remove_all(directory);
  const auto problem = write(file, {checkpoint("a", "2")});
  REQUIRE(problem);
  CHECK(problem->fault == Fault::missing);
  CHECK(body(file, "a") == "1");
  fs::create_directory(directory);
  CHECK_FALSE(write(file, {checkpoint("b", "3")}));
  const auto again = open(directory);
  CHECK(body(again, "a") == "1");
  CHECK(body(again, "b") == "3");
}

TEST_CASE("PositionsFile: a full disk loses nothing that was written") {
  const TempTree tree;
  auto file = open(tree.root());
  CHECK_FALSE(write(file, {checkpoint("a", "1")}));
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100, old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto problem = write(file, {checkpoint("a", std::string(200, '2'))});
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE(problem);
  CHECK(problem->fault == Fault::io);
  CHECK(body(file, "a") == "1");
  CHECK(body(open(tree.root()), "a") == "1");
  CHECK_FALSE(write(file, {checkpoint("b", "2")}));
  CHECK(body(open(tree.root()), "a") == "1");
  CHECK(body(open(tree.root()), "b") == "2");
}

TEST_CASE("PositionsFile: what has no room to grow is written anew") {
  const TempTree tree;
  auto file = open(tree.root());
  for (int i = 0; i < 9; ++i)
    CHECK_FALSE(write(file, {checkpoint("a", std::string(100, '1'))}));
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{fs::file_size(tree.root() / "positions"), old.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto problem = write(file, {checkpoint("a", "2")});
  const auto again = write(file, {checkpoint("a", "3")});
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE(problem);
  CHECK(problem->detail.find("RLIMIT_FSIZE is ") != std::string::npos);
  CHECK_FALSE(again);
  CHECK(body(open(tree.root()), "a") == "3");
}

TEST_CASE("PositionsFile: what is no regular file is told, and keeps nobody") {
  const TempTree tree{TreeEntry::fifo("positions"),
                      TreeEntry::directory("d/positions")};
  for (const auto& directory : {tree.root(), tree.root() / "d"}) {
    const auto file = PositionsFile::open(directory);
    REQUIRE_FALSE(file);
    CHECK(file.problem().fault == Fault::malformed);
    CHECK(file.problem().where == (directory / "positions").string());
  }
}

TEST_CASE("PositionsFile: a FIFO in place of the new file is in nobody's way") {
  const TempTree tree{TreeEntry::fifo("positions.tmp")};
  auto file = open(tree.root());
  const auto problem = write(file, {checkpoint("a", "1")});
  REQUIRE(problem);
  CHECK(problem->detail == "a FIFO, not a regular file");
  CHECK_FALSE(write(file, {checkpoint("a", "1")}));
}

TEST_CASE("PositionsFile: damage is told until the file is written anew") {
  const TempTree tree;
  const auto path = tree.root() / "positions";
  {
    auto file = open(tree.root());
    CHECK_FALSE(write(file, {checkpoint("a", "1"), checkpoint("b", "2")}));
  }
  auto text = text_of(path);
  text[text.find("c a") + 1] = 'x';
  std::ofstream{path, std::ios::binary} << text;
  auto file = open(tree.root());
  CHECK(file.is_damaged());
  CHECK(body(file, "a") == "-");
  CHECK(body(file, "b") == "2");
  CHECK_FALSE(write(file, {checkpoint("a", "3")}));
  CHECK_FALSE(file.is_damaged());
  const auto again = open(tree.root());
  CHECK_FALSE(again.is_damaged());
  CHECK(body(again, "a") == "3");
  CHECK(body(again, "b") == "2");
}
