// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/atomic_file.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <iterator>

#include "exporter/system/file.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

std::ptrdiff_t entries(const std::filesystem::path& directory) {
  return std::distance(std::filesystem::directory_iterator{directory}, {});
}

}  // namespace

TEST_CASE(
    "write_atomically: writes the file, mode 0644, and nothing beside "
    "it") {
  const TempTree tree{};
  const auto before = ::umask(0077);
  CHECK_FALSE(write_atomically(tree.path("a.prom"), "x 1\n"));
  ::umask(before);
  CHECK(*read_small_file(tree.path("a.prom"), 100) == "x 1\n");
  struct stat found {};
  REQUIRE(::stat(tree.path("a.prom").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0644);
  CHECK(entries(tree.root()) == 1);
}

TEST_CASE("write_atomically: replaces the file as a whole") {
  const TempTree tree{{"a.prom", std::string(100'000, 'x')}};
  struct stat before {};
  REQUIRE(::stat(tree.path("a.prom").c_str(), &before) == 0);
  const UniqueFd reader{::open(tree.path("a.prom").c_str(), O_RDONLY)};
  CHECK_FALSE(write_atomically(tree.path("a.prom"), "y 2\n"));
  CHECK(*read_small_file(tree.path("a.prom"), 100) == "y 2\n");
  // Whoever has the old one open reads it to its end.
  struct stat open_one {};
  REQUIRE(::fstat(reader.get(), &open_one) == 0);
  CHECK(open_one.st_size == 100'000);
}

TEST_CASE("write_atomically: an empty text is an empty file") {
  const TempTree tree{};
  CHECK_FALSE(write_atomically(tree.path("a.prom"), ""));
  CHECK(read_small_file(tree.path("a.prom"), 100)->empty());
}

TEST_CASE(
    "write_atomically: a missing directory is told, and nothing is left") {
  const TempTree tree{};
  const auto problem = write_atomically(tree.path("none/a.prom"), "x 1\n");
  REQUIRE(problem);
  CHECK(problem->fault == Fault::missing);
  CHECK(problem->where == tree.path("none/a.prom"));
  CHECK(entries(tree.root()) == 0);
}

TEST_CASE(
    "write_atomically: a directory in the way is told, and nothing is "
    "left") {
  const TempTree tree{{"a.prom/x", ""}};
  CHECK(write_atomically(tree.path("a.prom"), "x 1\n"));
  CHECK(entries(tree.root()) == 1);
}

TEST_CASE("write_atomically: a symbolic link is replaced, not followed") {
  const TempTree tree{{"target", "keep"},
                      TreeEntry::symlink("a.prom", "target")};
  CHECK_FALSE(write_atomically(tree.path("a.prom"), "x 1\n"));
  CHECK(*read_small_file(tree.path("target"), 100) == "keep");
  CHECK(*read_small_file(tree.path("a.prom"), 100) == "x 1\n");
}

TEST_CASE("write_atomically: what is no regular file stays, and keeps nobody") {
  const TempTree tree{TreeEntry::fifo("fifo"), TreeEntry::directory("dir"),
                      TreeEntry::symlink("link", "fifo"),
                      TreeEntry::fifo("b.prom.tmp")};
  for (const std::string name : {"fifo", "link", "dir"}) {
    CAPTURE(name);
    const auto problem = write_atomically(tree.path(name), "x 1\n");
    REQUIRE(problem);
    CHECK(problem->where == tree.path(name));
    CHECK(problem->detail.ends_with(", not a regular file"));
  }
  CHECK(entries(tree.root()) == 4);
  CHECK(write_atomically("/dev/null", "x 1\n")->detail ==
        "a device, not a regular file");
  const auto problem = write_atomically(tree.path("b.prom"), "x 1\n");
  REQUIRE(problem);
  CHECK(problem->where == tree.path("b.prom.tmp"));
}

TEST_CASE(
    "write_atomically: a link to a regular file, or to none, is replaced") {
  const TempTree tree{{"real", "old"},
                      TreeEntry::symlink("a.prom", "real"),
                      TreeEntry::symlink("b.prom", "nowhere")};
  CHECK_FALSE(write_atomically(tree.path("a.prom"), "x 1\n"));
  CHECK_FALSE(write_atomically(tree.path("b.prom"), "x 1\n"));
  CHECK(*read_small_file(tree.path("real"), 100) == "old");
  CHECK(*read_small_file(tree.path("b.prom"), 100) == "x 1\n");
}
