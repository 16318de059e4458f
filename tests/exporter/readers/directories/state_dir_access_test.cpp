// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/state_dir_access.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

const FileCredentials kStranger{4712, {4712}};

/// `root/srv/a`, open to its owner alone.
struct ClosedDirectory {
  ClosedDirectory() {
    tree.add(TreeEntry::directory("root/srv/a"));
    REQUIRE(::chmod(path.c_str(), 0700) == 0);
  }

  bool may_write(const Gate& gate = always_open) const {
    return StateDirAccess{{root, path}, gate}.may_write(&kStranger);
  }
  bool may_reach(const Gate& gate = always_open) const {
    return StateDirAccess{{root, path}, gate}.may_reach(&kStranger);
  }

  TempTree tree;
  std::string root = tree.path("root");
  std::string path = root + "/srv/a";
};

}  // namespace

TEST_CASE("StateDirAccess: without credentials anybody may") {
  const ClosedDirectory closed;
  const Gate open = always_open;
  StateDirAccess access{{closed.root, closed.path}, open};
  CHECK(access.may_write(nullptr));
  CHECK(access.may_reach(nullptr));
  CHECK_FALSE(access.may_write(&kStranger));
}

TEST_CASE("StateDirAccess: agents lead where they do in the process's root") {
  ClosedDirectory closed;
  closed.tree.add(TreeEntry::directory("root/data"));
  closed.tree.add(TreeEntry::symlink("root/srv/a/agents", "/data"));
  CHECK_FALSE(closed.may_write());
  REQUIRE(::chmod(closed.tree.path("root/data").c_str(), 0777) == 0);
  CHECK(closed.may_write());
}

TEST_CASE("StateDirAccess: what is above the root does not count") {
  const ClosedDirectory closed;
  CHECK(closed.may_reach());
  REQUIRE(::chmod(closed.tree.root().c_str(), 0700) == 0);
  CHECK(closed.may_reach());
  REQUIRE(::chmod(closed.root.c_str(), 0700) == 0);
  CHECK_FALSE(closed.may_reach());
}

TEST_CASE("StateDirAccess: where the gate is shut nobody is turned away") {
  const ClosedDirectory closed;
  REQUIRE(::chmod(closed.root.c_str(), 0700) == 0);
  const Gate shut = [](const std::string& /*path*/) { return false; };
  CHECK(closed.may_write(shut));
  CHECK(closed.may_reach(shut));
}

TEST_CASE("StateDirAccess: an access list may name anybody") {
  const ClosedDirectory closed;
  // acl(5), linux/posix_acl_xattr.h: version 2; user, user 4712, group, mask,
  // others.
  const std::array<std::uint32_t, 11> list{
      2,       0x00070001, 0xffffffff, 0x00070002, 4712,      0x00000004,
      0xffffffff, 0x00070010, 0xffffffff, 0x00000020, 0xffffffff};
  if (::setxattr(closed.path.c_str(), "system.posix_acl_access", list.data(),
                 sizeof list, 0) != 0 &&
      errno == EOPNOTSUPP) {
    MESSAGE("not tested: the file system has no access lists");
    return;
  }
  CHECK(closed.may_write());
}
