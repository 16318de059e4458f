// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/mountinfo.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;

namespace {

using Paths = std::vector<std::string>;

constexpr const char* kHost =
    "24 29 0:22 / /proc rw,nosuid shared:12 - proc proc rw,hidepid=invisible\n"
    "29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n"
    "31 29 254:16 / /srv rw - xfs /dev/vdb rw\n"
    "32 31 254:16 /oc1 /home/node/.openclaw rw - xfs /dev/vdb rw\n";

Mount mount(std::string device, std::string root, std::string point) {
  return {std::move(device), std::move(root), std::move(point), "ext4", "rw"};
}

}  // namespace

TEST_CASE("parse_mountinfo: the fields of a line") {
  const auto mounts = parse_mountinfo(kHost);
  REQUIRE(mounts.size() == 4);
  CHECK(mounts[0] ==
        Mount{"0:22", "/", "/proc", "proc", "rw,hidepid=invisible", "proc"});
  CHECK(mounts[3] == Mount{"254:16", "/oc1", "/home/node/.openclaw", "xfs",
                           "rw", "/dev/vdb"});
}

TEST_CASE("parse_mountinfo: any number of optional fields") {
  for (const std::string optional :
       {"", "shared:1 ", "shared:1 master:2 ", "a:1 b:2 c:3 unbindable "}) {
    CAPTURE(optional);
    const auto mounts =
        parse_mountinfo("29 1 254:0 / / rw " + optional + "- ext4 src rw\n");
    REQUIRE(mounts.size() == 1);
    CHECK(mounts[0].filesystem == "ext4");
    CHECK(mounts[0].super_options == "rw");
  }
}

TEST_CASE("parse_mountinfo: octal escapes are undone") {
  const auto mounts = parse_mountinfo(
      "29 1 254:0 /a\\040b\\011\\012\\134 /x\\040y rw - ext4 src rw\n"
      "29 1 254:0 /\\04 /\\999\\400\\ rw - ext4 src rw\n");
  REQUIRE(mounts.size() == 2);
  CHECK(mounts[0].root == "/a b\t\n\\");
  CHECK(mounts[0].mount_point == "/x y");
  CHECK(mounts[1].root == "/\\04");
  CHECK(mounts[1].mount_point == "/\\999\\400\\");
}

TEST_CASE("parse_mountinfo: a mount without a source keeps its options") {
  // mount -t proc "" /proc
  const auto mounts =
      parse_mountinfo("24 29 0:22 / /proc rw - proc  rw,hidepid=2\n");
  REQUIRE(mounts.size() == 1);
  CHECK(hides_processes(mounts[0].super_options));
  CHECK(mounts[0].source.empty());
}

TEST_CASE("parse_mountinfo: the source's escapes are undone") {
  const auto mounts =
      parse_mountinfo("40 29 0:60 / /mnt rw - nfs4 nas:/a\\040b rw,vers=4.2\n");
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].source == "nas:/a b");
  CHECK(mounts[0].super_options == "rw,vers=4.2");
}

TEST_CASE("parse_mountinfo: lines of another form are left out") {
  const auto mounts = parse_mountinfo(
      "\n-\n- - -\n29 1 254:0 / / - ext4\n29 1 254:0 / - ext4 src rw\n"
      "29 1 254:0 / / rw ext4 src rw\n29 1 254:0 / / rw -\n"
      "29 1 254:0 / / rw - ext4 src rw");
  CHECK(mounts.size() == 1);
}

TEST_CASE("find_mount: the longest mount point, whole components") {
  const auto mounts = parse_mountinfo(kHost);
  CHECK(find_mount(mounts, "/")->device == "254:0");
  CHECK(find_mount(mounts, "/home/node")->device == "254:0");
  CHECK(find_mount(mounts, "/srv")->device == "254:16");
  CHECK(find_mount(mounts, "/srv/a/b")->device == "254:16");
  CHECK(find_mount(mounts, "/srvx/a")->device == "254:0");
  CHECK(find_mount(mounts, "/proc/1")->filesystem == "proc");
  CHECK_FALSE(find_mount({}, "/"));
}

TEST_CASE("find_mount: of two at one point the later lies on top") {
  const std::vector<Mount> mounts{
      mount("1:1", "/", "/"), mount("2:2", "/", "/a"), mount("3:3", "/", "/a")};
  CHECK(find_mount(mounts, "/a/b")->device == "3:3");
}

TEST_CASE("locate: device and path within the file system") {
  const auto mounts = parse_mountinfo(kHost);
  CHECK(locate(mounts, "/home/node/.openclaw/agents") ==
        FilesystemPath{"254:16", "/oc1/agents"});
  CHECK(locate(mounts, "/home/node/.openclaw") ==
        FilesystemPath{"254:16", "/oc1"});
  CHECK(locate(mounts, "/srv") == FilesystemPath{"254:16", "/"});
  CHECK(locate(mounts, "/home") == FilesystemPath{"254:0", "/home"});
  CHECK(locate(mounts, "/") == FilesystemPath{"254:0", "/"});
  CHECK_FALSE(locate({mount("1:1", "/", "/a")}, "/b"));
}

TEST_CASE("paths_to: each mount that shows the directory, the last first") {
  const auto mounts = parse_mountinfo(kHost);
  CHECK(paths_to(mounts, {"254:16", "/oc1/agents"}) ==
        Paths{"/home/node/.openclaw/agents", "/srv/oc1/agents"});
  CHECK(paths_to(mounts, {"254:16", "/oc10"}) == Paths{"/srv/oc10"});
  CHECK(paths_to(mounts, {"254:16", "/oc1"}) ==
        Paths{"/home/node/.openclaw", "/srv/oc1"});
  CHECK(paths_to(mounts, {"254:16", "/"}) == Paths{"/srv"});
  CHECK(paths_to(mounts, {"9:9", "/oc1"}).empty());
}

TEST_CASE("paths_to: a container's bind mount leads back to the host's path") {
  const auto host = parse_mountinfo(kHost);
  const std::vector<Mount> container{mount("0:50", "/", "/"),
                                     mount("254:16", "/oc1", "/data")};
  const auto inside = locate(container, "/data/agents/main/sessions");
  REQUIRE(inside);
  CHECK(paths_to(host, *inside) ==
        Paths{"/home/node/.openclaw/agents/main/sessions",
              "/srv/oc1/agents/main/sessions"});
}

TEST_CASE("upper_directory: of an overlay, as mounted") {
  Mount overlay{"0:50", "/", "/", "overlay",
                "rw,lowerdir=/l,upperdir=/var/a\\040b/diff,workdir=/w"};
  CHECK(upper_directory(overlay) == "/var/a b/diff");
  overlay.super_options = "ro,lowerdir=/l";
  CHECK(upper_directory(overlay).empty());
  overlay.super_options = "rw,upperdir=/u";
  overlay.filesystem = "ext4";
  CHECK(upper_directory(overlay).empty());
}

TEST_CASE("hides_processes: every value of hidepid but 0 and off") {
  for (const std::string options :
       {"rw,hidepid=1", "rw,hidepid=2", "rw,hidepid=4", "hidepid=noaccess",
        "rw,gid=7,hidepid=invisible", "rw,hidepid=ptraceable,subset=pid",
        "hidepid=9", "hidepid="}) {
    CAPTURE(options);
    CHECK(hides_processes(options));
  }
  for (const std::string options : {"", "rw", "rw,hidepid=0", "rw,hidepid=off",
                                    "rw,xhidepid=2", "rw,subset=pid", ",,,"}) {
    CAPTURE(options);
    CHECK_FALSE(hides_processes(options));
  }
}
