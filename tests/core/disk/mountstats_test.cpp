// SPDX-License-Identifier: Apache-2.0
#include "core/disk/mountstats.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// One NFS mount; the requests of each kind are told apart by `first`.
std::string nfs_mount(const std::string& point, unsigned first) {
  const auto operation = [&](const char* name, unsigned count) {
    return std::string{"\t     "} + name + ": " + std::to_string(count) + " " +
           std::to_string(count + 1) + " 0 2048 1024 5 600 " +
           std::to_string(count * 10) + " 0\n";
  };
  return "device nas:/oc mounted on " + point +
         " with fstype nfs4 statvers=1.1\n"
         "\topts:\trw,vers=4.2,hard\n\tage:\t27\n"
         "\tcaps:\tcaps=0xf,wtmult=512\n\tsec:\tflavor=1,pseudoflavor=1\n"
         "\tevents:\t1 2 3\n\tbytes:\t1 2 3\n"
         "\tRPC iostats version: 1.1  p/v: 100003/4 (nfs)\n"
         "\txprt:\ttcp 0 0 1 0 13 20 20 0 20 0 2 0 0\n"
         "\tper-op statistics\n" +
         operation("NULL", 1) + operation("READ", first) +
         operation("WRITE", first + 1) + operation("COMMIT", first + 2) +
         operation("READDIR", 77) + "\n";
}

constexpr const char* kOthers =
    "device proc mounted on /proc with fstype proc\n"
    "no device mounted on /x with fstype none\n"
    "device /dev/vda mounted on / with fstype ext4\n";

}  // namespace

TEST_CASE("find_nfs_work: requests and the time that they took") {
  const auto text = kOthers + nfs_mount("/srv", 100) + nfs_mount("/mnt", 200);
  CHECK(find_nfs_work(text, "/srv") == DiskWork{DiskOperations{100, 1000ms},
                                                DiskOperations{101, 1010ms},
                                                DiskOperations{102, 1020ms}});
  CHECK(find_nfs_work(text, "/mnt")->read == DiskOperations{200, 2000ms});
}

TEST_CASE("find_nfs_work: escapes in a mount point are undone") {
  CHECK(find_nfs_work(nfs_mount("/a\\040b", 100), "/a b"));
}

TEST_CASE("find_nfs_work: of two mounts at one point the later one") {
  const auto text = nfs_mount("/srv", 100) + nfs_mount("/srv", 200);
  CHECK(find_nfs_work(text, "/srv")->read == DiskOperations{200, 2000ms});
  CHECK_FALSE(find_nfs_work(nfs_mount("/srv", 100) +
                                "device /dev/vdb mounted on /srv with fstype "
                                "ext4\n",
                            "/srv"));
}

TEST_CASE("find_nfs_work: nothing where no NFS is mounted") {
  const auto text = kOthers + nfs_mount("/srv", 100);
  for (const std::string point :
       {"/", "/proc", "/srv/", "/sr", "", "nas:/oc"}) {
    CAPTURE(point);
    CHECK_FALSE(find_nfs_work(text, point));
  }
}

TEST_CASE("find_nfs_work: numbers of another form are none") {
  const auto head = std::string{
      "device nas:/oc mounted on /srv with fstype nfs statvers=1.0\n"
      "\tper-op statistics\n"};
  for (const std::string line :
       {"", "READ:\n", "READ: 1 2 3\n", "READ: x 1 0 1 1 1 1 1\n",
        "READ: 1 1 0 1 1 1 1 -1\n", "READX: 1 1 0 1 1 1 1 1\n"}) {
    CAPTURE(line);
    CHECK(find_nfs_work(head + line, "/srv") == DiskWork{});
  }
  // Version 1.0 has no count of errors at the end.
  CHECK(find_nfs_work(head + "READ: 1 1 0 1 1 1 1 9\n", "/srv")->read ==
        DiskOperations{1, 9ms});
}
