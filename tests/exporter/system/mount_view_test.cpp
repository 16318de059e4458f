// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/mount_view.h"

#include <doctest/doctest.h>

#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;

namespace {

/// A host with one container that has an overlay at its root.
struct Host : FakeProcfs {
  Host() {
    FakeProcess container{7, 5000};
    container.mountinfo = "90 1 0:50 / / rw - overlay overlay rw\n";
    add(container);
  }
};

}  // namespace

TEST_CASE("read_mount_view: a path of ours by our own mounts") {
  const Host host;
  for (const std::string path :
       {"/home/node/.openclaw", "/", "/proc/7/root/home"}) {
    const auto view = read_mount_view(host.path(), path);
    REQUIRE((*view.mounts).size() == 1);
    CHECK((*view.mounts)[0].filesystem == "ext4");
    CHECK(view.inner(path) == path);
  }
}

TEST_CASE("read_mount_view: a path below a process' root by its mounts") {
  const Host host;
  const auto root = host.path().native() + "/7/root";
  const auto view = read_mount_view(host.path(), root + "/home/.openclaw");
  REQUIRE((*view.mounts).size() == 1);
  CHECK((*view.mounts)[0].filesystem == "overlay");
  CHECK(view.inner(root + "/home/.openclaw/agents") ==
        "/home/.openclaw/agents");
  CHECK(view.inner("/elsewhere") == "/elsewhere");
}

TEST_CASE("read_mount_view: what only looks like it is ours") {
  const Host host;
  for (const std::string below :
       {"/7/root", "/7/rootx/a", "/7/cwd/a", "/7x/root/a", "//root/a",
        "/self/root/a", ""}) {
    CAPTURE(below);
    const auto view =
        read_mount_view(host.path(), host.path().native() + below);
    REQUIRE((*view.mounts).size() == 1);
    CHECK((*view.mounts)[0].filesystem == "ext4");
  }
}

TEST_CASE("read_mount_view: mounts that cannot be read are none") {
  const Host host;
  CHECK(read_mount_view(host.path(), host.path().native() + "/9/root/a")
            .mounts->empty());
  host.remove("self/mountinfo");
  CHECK(read_mount_view(host.path(), "/").mounts->empty());
}
