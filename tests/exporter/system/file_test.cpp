// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

std::set<std::string> list(const UniqueFd& directory) {
  std::set<std::string> names;
  const auto listed =
      list_directory(directory, [&](std::string_view name, unsigned char) {
        names.emplace(name);
        return true;
      });
  CHECK(listed);
  return names;
}

}  // namespace

TEST_CASE("fault_of: what an errno value means to a reader") {
  CHECK(fault_of(ENOENT) == Fault::missing);
  CHECK(fault_of(ESRCH) == Fault::missing);
  CHECK(fault_of(ENOTDIR) == Fault::missing);
  CHECK(fault_of(EACCES) == Fault::denied);
  CHECK(fault_of(EPERM) == Fault::denied);
  CHECK(fault_of(ELOOP) == Fault::malformed);
  CHECK(fault_of(ENAMETOOLONG) == Fault::malformed);
  CHECK(fault_of(ETIMEDOUT) == Fault::timeout);
  for (const int error : {EIO, EINVAL, ESTALE, EMFILE, ENFILE, ENOMEM, 0})
    CHECK(fault_of(error) == Fault::io);
}

TEST_CASE("read_small_file: the whole text, any bytes") {
  using namespace std::string_literals;
  const TempTree tree{{"a", "x\0y\xff\n"s}, {"empty", ""}};
  CHECK(*read_small_file(tree.path("a"), 100) == "x\0y\xff\n"s);
  CHECK(read_small_file(tree.path("empty"), 100)->empty());
}

TEST_CASE("read_small_file: as long as the bound, not longer") {
  const TempTree tree{{"a", std::string(40'000, 'x')}};
  CHECK(read_small_file(tree.path("a"), 40'000)->size() == 40'000);
  const auto longer = read_small_file(tree.path("a"), 39'999);
  REQUIRE_FALSE(longer);
  CHECK(longer.problem().fault == Fault::too_big);
}

TEST_CASE("read_small_file: the problem names the file") {
  const TempTree tree{{"a", ""}, TreeEntry::directory("d")};
  const auto missing = read_small_file(tree.path("none"), 100);
  REQUIRE_FALSE(missing);
  CHECK(missing.problem().fault == Fault::missing);
  CHECK(missing.problem().where == tree.path("none"));
  CHECK(read_small_file(tree.path("a/b"), 100).problem().fault ==
        Fault::missing);
  CHECK(read_small_file(tree.path("d"), 100).problem().fault == Fault::io);
}

TEST_CASE("read_small_file: denied is told") {
  if (::getuid() == 0) return;
  const TempTree tree{{"a", "x", 0}};
  CHECK(read_small_file(tree.path("a"), 100).problem().fault == Fault::denied);
}

TEST_CASE("open_directory: only directories") {
  const TempTree tree{{"file", ""},
                      TreeEntry::fifo("fifo"),
                      TreeEntry::directory("d"),
                      TreeEntry::symlink("link", "d"),
                      TreeEntry::symlink("loop", "loop")};
  CHECK(open_directory(tree.path("d")));
  CHECK(open_directory(tree.path("link")));
  CHECK(open_directory(tree.path("file")).problem().fault == Fault::missing);
  CHECK(open_directory(tree.path("fifo")).problem().fault == Fault::missing);
  CHECK(open_directory(tree.path("loop")).problem().fault == Fault::malformed);
}

TEST_CASE("list_directory: every entry, again and again") {
  const TempTree tree{{"a", ""}, {".b", ""}, {"c\xff\n", ""}};
  const auto directory = open_directory(tree.root());
  REQUIRE(directory);
  CHECK(list(*directory) == std::set<std::string>{"a", ".b", "c\xff\n"});
  CHECK(list(*directory) == std::set<std::string>{"a", ".b", "c\xff\n"});
}

TEST_CASE("list_directory: stops where the visitor has enough") {
  const TempTree tree{{"a", ""}, {"b", ""}, {"c", ""}};
  int seen = 0;
  CHECK(list_directory(
      *open_directory(tree.root()),
      [&](std::string_view, unsigned char) { return ++seen < 2; }));
  CHECK(seen == 2);
}

TEST_CASE("list_directory: what is no directory is a problem") {
  CHECK_FALSE(list_directory(
      UniqueFd{}, [](std::string_view, unsigned char) { return true; }));
}

TEST_CASE("path_of: without symbolic links") {
  const TempTree tree{TreeEntry::directory("d"),
                      TreeEntry::symlink("link", "d")};
  const auto directory = open_directory(tree.path("link"));
  REQUIRE(directory);
  CHECK(*path_of(*directory) == tree.path("d"));
  CHECK_FALSE(path_of(UniqueFd{}));
}

TEST_CASE("read_regular_file: links are followed, all else is refused") {
  const TempTree tree{{"a", "text"},
                      TreeEntry::symlink("link", "a"),
                      TreeEntry::symlink("loop", "loop"),
                      TreeEntry::fifo("fifo"),
                      TreeEntry::symlink("to_fifo", "fifo"),
                      TreeEntry::directory("d")};
  const auto read = [&](const std::string& name) {
    return read_regular_file(tree.path(name), 4);
  };
  CHECK(*read("a") == "text");
  CHECK(*read("link") == "text");
  CHECK(read("fifo").problem().detail == "a FIFO, not a regular file");
  CHECK(read("to_fifo").problem().fault == Fault::malformed);
  CHECK(read("d").problem().detail == "a directory, not a regular file");
  CHECK(read("loop").problem().fault == Fault::malformed);
  CHECK(read("none").problem().fault == Fault::missing);
  CHECK(read_regular_file(tree.path("a"), 3).problem().fault == Fault::too_big);
  CHECK(read_regular_file("/dev/zero", 3).problem().detail ==
        "a device, not a regular file");
}
