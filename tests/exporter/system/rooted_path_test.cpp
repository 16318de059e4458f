// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/rooted_path.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <filesystem>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

struct Root : TempTree {
  Root() {
    add(TreeEntry::directory("data/openclaw"));
    add(TreeEntry::symlink("home/u/.openclaw", "/data/openclaw"));
    add(TreeEntry::symlink("home/u/up", "../../../../data/./openclaw"));
    add(TreeEntry::symlink("home/u/loop", "loop"));
    add(TreeEntry::symlink("srv", "/home/u"));
  }

  std::string resolve(const std::string& path) const {
    const auto found = resolve_in_root(root().native(), path, always_open);
    return found ? found->substr(root().native().size())
                 : to_string(found.problem().fault);
  }
};

}  // namespace

TEST_CASE("resolve_in_root: links stay inside the root") {
  const Root root;
  CHECK(root.resolve("/home/u/.openclaw") == "/data/openclaw");
  CHECK(root.resolve("/srv/.openclaw/agents") == "/data/openclaw/agents");
  CHECK(root.resolve("/home/u/up") == "/data/openclaw");
  CHECK(root.resolve("/../../data//openclaw/.") == "/data/openclaw");
  CHECK(root.resolve("/none/../data") == "/data");
}

TEST_CASE("resolve_in_root: what is not there stays, a loop is malformed") {
  const Root root;
  CHECK(root.resolve("/none/x") == "/none/x");
  CHECK(root.resolve("/home/u/loop") == "malformed");
}

TEST_CASE("resolve_in_root: a shut gate") {
  const Root root;
  const auto shut = root.path("data");
  const auto found =
      resolve_in_root(root.root().native(), "/home/u/.openclaw",
                      [&](const std::string& path) { return path != shut; });
  REQUIRE_FALSE(found);
  CHECK(found.problem() ==
        Problem{Fault::timeout, shut, "its file system does not answer"});
}

TEST_CASE("open_rooted: what has become a link since is not followed") {
  Root root;
  root.add({"data/openclaw/x.log", "inside"});
  root.add({"other/x.log", "elsewhere"});
  const auto prefix = root.root().native();
  const RootedPath rooted{prefix, prefix + "/data/openclaw/x.log"};
  CHECK(open_rooted(rooted, O_RDONLY));
  CHECK(open_rooted({prefix, prefix}, O_RDONLY | O_DIRECTORY));
  CHECK_FALSE(open_rooted({prefix, prefix + "/none/x.log"}, O_RDONLY));

  std::filesystem::rename(root.path("data/openclaw"), root.path("data/moved"));
  root.add(TreeEntry::symlink("data/openclaw", root.path("other")));
  CHECK_FALSE(open_rooted(rooted, O_RDONLY));
  std::filesystem::remove(root.path("data/openclaw"));
  root.add(TreeEntry::symlink("data/openclaw/x.log", root.path("other/x.log")));
  CHECK_FALSE(open_rooted(rooted, O_RDONLY));
}
