// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/hang_domains.h"

#include <doctest/doctest.h>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

const std::string kMounts =
    "20 1 254:1 / / rw - ext4 /dev/vda rw\n"
    "21 20 0:21 / /proc rw - proc proc rw\n"
    "22 20 0:22 / /tmp rw - tmpfs tmpfs rw\n"
    "23 20 0:50 / /mnt/far rw - fuse.sshfs far: rw\n"
    "24 20 0:51 / /srv/a rw - nfs4 filer:/a rw\n"
    "25 20 0:52 / /srv/b rw - nfs4 filer:/b rw\n";

}  // namespace

TEST_CASE("hang_domain_of: file systems, servers and memory") {
  const auto mounts = parse_mountinfo(kMounts);
  CHECK(hang_domain_of(mounts, "/home/x") == HangDomain{"ext4 254:1", true});
  CHECK(hang_domain_of(mounts, "/proc/1/stat") == HangDomain{});
  CHECK(hang_domain_of(mounts, "/tmp/openclaw") == HangDomain{});
  CHECK(hang_domain_of(mounts, "/mnt/far/x") ==
        HangDomain{"fuse.sshfs 0:50", false, true});
  // Exports of one server hang together.
  CHECK(hang_domain_of(mounts, "/srv/a/x") ==
        HangDomain{"nfs filer", false, true});
  CHECK(hang_domain_of(mounts, "/srv/b/x") ==
        HangDomain{"nfs filer", false, true});
  CHECK(hang_domain_of({}, "/x") == HangDomain{"unknown", false, true});
}

TEST_CASE("HangDomains: what a process sees is told by its own mounts") {
  const TempTree tree{{"self/mountinfo", kMounts},
                      {"7/mountinfo", "30 1 0:77 / / rw - fuse.x x rw\n"}};
  HangDomains domains{tree.root()};
  const auto root = tree.root().native();
  CHECK(domains.domain_of("") == HangDomain{});
  CHECK(domains.domain_of("/mnt/far/x") ==
        HangDomain{"fuse.sshfs 0:50", false, true});
  CHECK(domains.domain_of(root + "/7/root/home") ==
        HangDomain{"fuse.x 0:77", false, true});
  CHECK(domains.domain_of(root + "/7/environ") ==
        HangDomain{"process 7", true, true});
  CHECK(domains.mounts()->size() == 6);
}

TEST_CASE("HangDomains: takes in that mounts have changed") {
  TempTree tree{{"self/mountinfo", kMounts}};
  HangDomains domains{tree.root()};
  CHECK(domains.domain_of("/mnt/new/x") == HangDomain{"ext4 254:1", true});
  tree.add(
      {"self/mountinfo", kMounts + "26 20 0:60 / /mnt/new rw - fuse.x x rw\n"});
  CHECK(domains.domain_of("/mnt/new/x") ==
        HangDomain{"fuse.x 0:60", false, true});
}
