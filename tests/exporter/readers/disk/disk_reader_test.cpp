// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/disk_reader.h"

#include <doctest/doctest.h>

#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// Each row tells itself by its numbers: N reads in 10 N ms, N + 1 writes in
/// 20 N ms; whole disks N + 2 flushes in N ms.
constexpr const char* kDiskstats =
    " 254  0 vda   100 0 0 1000 101 0 0 2000 0 0 0 0 0 0 0 102 100\n"
    "   8  0 sda   200 0 0 2000 201 0 0 4000 0 0 0 0 0 0 0 202 200\n"
    "   8  1 sda1  300 0 0 3000 301 0 0 6000 0 0 0 0 0 0 0 0 0\n"
    " 259  0 nvme0 400 0 0 4000 401 0 0 8000 0 0 0 0 0 0 0 402 400\n"
    " 259  1 nvme0p 500 0 0 5000 501 0 0 10000 0 0 0 0 0 0 0 0 0\n"
    " 252  0 dm-0  600 0 0 6000 601 0 0 12000 0 0 0 0 0 0 0 0 0\n"
    " 252  1 dm-1  700 0 0 7000 701 0 0 14000 0 0 0 0 0 0 0 0 0\n";

/// A host with a state directory, whose mounts a test chooses.
struct Host {
  Host() {
    tree.add(TreeEntry::directory("state"));
    procfs.write("1/mountinfo", root_mount());
    procfs.write("diskstats", kDiskstats);
    add_disk("254:0", "vda");
  }

  std::string state_dir() const { return tree.path("state"); }

  /// Besides the root, what is mounted at the state directory.
  void mount_state(const std::string& device, const std::string& rest) {
    procfs.write("self/mountinfo", root_mount() + "40 25 " + device + " / " +
                                       state_dir() + " rw - " + rest + "\n");
  }

  /// A whole disk of sysfs, or one that stands on others.
  void add_disk(const std::string& device, const std::string& name,
                const std::vector<std::string>& below = {}) {
    sysfs.add({"devices/" + name + "/dev", device + "\n"});
    link(device, name, "devices/" + name);
    for (const auto& slave : below)
      sysfs.add(TreeEntry::symlink("devices/" + name + "/slaves/" + slave,
                                   sysfs.path("class/block/" + slave)));
  }
  void add_partition(const std::string& device, const std::string& disk,
                     const std::string& name) {
    const auto directory = "devices/" + disk + "/" + name;
    sysfs.add({directory + "/dev", device + "\n"});
    sysfs.add({directory + "/partition", "1\n"});
    link(device, name, directory);
  }
  void link(const std::string& device, const std::string& name,
            const std::string& directory) {
    sysfs.add(TreeEntry::symlink("dev/block/" + device, sysfs.path(directory)));
    sysfs.add(TreeEntry::symlink("class/block/" + name, sysfs.path(directory)));
  }

  DiskReader reader() const { return reader_of(state_dir()); }
  DiskReader reader_of(const std::string& directory) const {
    return DiskReader{{directory, procfs.path(), sysfs.root(), tree.root()}};
  }
  /// Of a round that must succeed.
  DiskWork work() const {
    auto of_host = reader();
    const auto result = of_host.round();
    CHECK(result.problems.empty());
    CHECK(result.success);
    return of_host.report().work;
  }

  TempTree tree;
  TempTree sysfs;
  FakeProcfs procfs;
};

DiskWork work_of(unsigned row, std::optional<DiskOperations> flush) {
  return {DiskOperations{row, 10ms * row}, DiskOperations{row + 1, 20ms * row},
          flush};
}

/// The only problem of a round that must fail.
Problem problem_of(DiskReader reader) {
  const auto result = reader.round();
  CHECK_FALSE(result.success);
  REQUIRE(result.problems.size() == 1);
  return result.problems[0];
}

/// Without the space that is left on this machine.
std::optional<FilesystemFacts> kind_of(const DiskReader& reader) {
  auto kind = reader.report().filesystem;
  if (kind) kind->available_bytes.reset();
  return kind;
}

}  // namespace

TEST_CASE("DiskReader: the file system of the state directory") {
  const Host host;
  auto reader = host.reader();
  const auto result = reader.round();
  CHECK(result.success);
  CHECK(result.problems.empty());
  CHECK(kind_of(reader) == FilesystemFacts{"ext4", false});
}

TEST_CASE("DiskReader: one of the network, mounted at the directory") {
  Host host;
  host.mount_state("0:60", "ceph mon:/oc rw");
  auto reader = host.reader();
  reader.round();
  CHECK(kind_of(reader) == FilesystemFacts{"ceph", true});
}

TEST_CASE("DiskReader: a link is followed to where it leads") {
  Host host;
  host.mount_state("0:61", "tmpfs tmpfs rw");
  host.tree.add(TreeEntry::symlink("link", "state"));
  auto reader = host.reader_of(host.tree.path("link"));
  CHECK(reader.round().success);
  CHECK(kind_of(reader) == FilesystemFacts{"tmpfs", false});
}

TEST_CASE(
    "DiskReader: where another reader tells, a missing one is no problem") {
  const Host host;
  host.tree.remove("state");
  DiskReaderSettings settings{host.state_dir()};
  settings.tells_missing = false;
  DiskReader reader{settings};
  const auto result = reader.round();
  CHECK_FALSE(result.success);
  CHECK(result.problems.empty());
}

TEST_CASE("DiskReader: a directory that is gone is known no more") {
  const Host host;
  auto reader = host.reader();
  CHECK(reader.round().success);
  host.tree.remove("state");
  const auto result = reader.round();
  CHECK_FALSE(result.success);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].fault == Fault::missing);
  CHECK(reader.report() == DiskFacts{});
}

TEST_CASE("DiskReader: without a list of mounts nothing is known") {
  const Host host;
  host.procfs.remove("self/mountinfo");
  auto reader = host.reader();
  const auto result = reader.round();
  CHECK_FALSE(result.success);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].where == "mountinfo");
  CHECK(reader.report() == DiskFacts{});
}

TEST_CASE("DiskReader: ext4 on a whole disk") {
  const Host host;
  CHECK(host.work() == work_of(100, DiskOperations{102, 100ms}));
}

TEST_CASE("DiskReader: ext4 on a partition has the flushes of its disk") {
  Host host;
  host.add_disk("8:0", "sda");
  host.add_partition("8:1", "sda", "sda1");
  host.mount_state("8:1", "ext4 /dev/sda1 rw");
  CHECK(host.work() == work_of(300, DiskOperations{202, 200ms}));
}

TEST_CASE("DiskReader: LVM on NVMe has its own row, and the disk's flushes") {
  Host host;
  host.add_disk("259:0", "nvme0");
  host.add_partition("259:1", "nvme0", "nvme0p");
  host.add_disk("252:0", "dm-0", {"nvme0p"});
  host.mount_state("252:0", "ext4 /dev/mapper/vg-data rw");
  CHECK(host.work() == work_of(600, DiskOperations{402, 400ms}));
}

TEST_CASE("DiskReader: a crypted volume over two disks has both's flushes") {
  Host host;
  host.add_disk("8:0", "sda");
  host.add_partition("8:1", "sda", "sda1");
  host.add_disk("259:0", "nvme0");
  host.add_disk("252:0", "dm-0", {"sda1", "nvme0"});
  host.add_disk("252:1", "dm-1", {"dm-0"});
  host.mount_state("252:1", "xfs /dev/mapper/luks rw");
  CHECK(host.work() == work_of(700, DiskOperations{604, 600ms}));
}

TEST_CASE("DiskReader: btrfs is found by the device that it names") {
  Host host;
  host.add_disk("8:0", "sda");
  host.add_partition("8:1", "sda", "sda1");
  host.mount_state("0:44", "btrfs /dev/sda1 rw,subvol=/@home");
  CHECK(host.work() == work_of(300, DiskOperations{202, 200ms}));
  host.mount_state("0:44", "btrfs /dev/root rw");
  CHECK(problem_of(host.reader()).where == "btrfs");
}

TEST_CASE("DiskReader: btrfs on LVM is found by the volume's name") {
  Host host;
  host.add_disk("259:0", "nvme0");
  host.add_disk("252:0", "dm-0", {"nvme0"});
  host.sysfs.add({"devices/dm-0/dm/name", "vg-data\n"});
  host.mount_state("0:44", "btrfs /dev/mapper/vg-data rw");
  CHECK(host.work() == work_of(600, DiskOperations{402, 400ms}));
}

TEST_CASE("DiskReader: an overlay is followed to where the host keeps it") {
  Host host;
  host.add_disk("8:0", "sda");
  host.procfs.write("1/mountinfo", root_mount() +
                                       "41 25 8:0 / /var/lib/docker rw - xfs "
                                       "/dev/sda rw\n");
  host.mount_state("0:50",
                   "overlay overlay rw,lowerdir=/l,"
                   "upperdir=/var/lib/docker/overlay2/a/diff,workdir=/w");
  CHECK(host.work() == work_of(200, DiskOperations{202, 200ms}));
  auto reader = host.reader();
  reader.round();
  CHECK(kind_of(reader) == FilesystemFacts{"overlay", false});
}

TEST_CASE("DiskReader: a directory in a container by the container's mounts") {
  Host host;
  host.add_disk("8:0", "sda");
  FakeProcess container{7, 5000};
  container.mountinfo =
      "90 1 0:50 / / rw - overlay overlay rw,upperdir=/up\n"
      "91 90 8:0 /oc1 " +
      host.state_dir() + " rw - xfs /dev/sda rw\n";
  host.procfs.add(container);
  auto reader = host.reader_of(host.procfs.path().native() + "/7/root" +
                               host.state_dir());
  CHECK(reader.round().success);
  CHECK(kind_of(reader) == FilesystemFacts{"xfs", false});
  CHECK(reader.report().work == work_of(200, DiskOperations{202, 200ms}));
}

TEST_CASE("DiskReader: an overlay whose directory is not in sight is told") {
  Host host;
  const std::string overlay = "overlay overlay rw,upperdir=/var/lib/docker/a";
  host.mount_state("0:50", overlay);
  host.procfs.write("1/mountinfo", "90 1 0:50 / / rw - " + overlay + "\n");
  CHECK(problem_of(host.reader()).where == "overlay");
  host.procfs.remove("1");
  CHECK(problem_of(host.reader()).where == "overlay");
  host.mount_state("0:50", "overlay overlay ro,lowerdir=/l");
  CHECK(problem_of(host.reader()).where == "overlay");
}

TEST_CASE("DiskReader: NFS has the requests of its mount") {
  Host host;
  host.mount_state("0:60", "nfs4 nas:/oc rw,vers=4.2");
  CHECK(problem_of(host.reader()).fault == Fault::missing);
  host.procfs.write("self/mountstats", "device nas:/oc mounted on " +
                                           host.state_dir() +
                                           " with fstype nfs4 statvers=1.1\n"
                                           "\tper-op statistics\n"
                                           "\tREAD: 3 3 0 1 1 5 6 70 0\n"
                                           "\tWRITE: 4 4 0 1 1 5 6 80 0\n"
                                           "\tCOMMIT: 5 5 0 1 1 5 6 90 0\n");
  CHECK(host.work() == DiskWork{DiskOperations{3, 70ms},
                                DiskOperations{4, 80ms},
                                DiskOperations{5, 90ms}});
  host.procfs.write("self/mountstats", "");
  CHECK(problem_of(host.reader()).fault == Fault::missing);
}

TEST_CASE("DiskReader: what has no disk has no figures, and no problem") {
  Host host;
  for (const std::string rest :
       {"tmpfs tmpfs rw", "zfs tank/oc rw", "fuse.sshfs a:/b rw",
        "virtiofs tag rw", "cifs //nas/oc rw"}) {
    CAPTURE(rest);
    host.mount_state("0:61", rest);
    CHECK(host.work() == DiskWork{});
  }
}

TEST_CASE("DiskReader: a device without its row, or unknown to sysfs") {
  Host host;
  host.mount_state("9:9", "ext4 /dev/md9 rw");
  CHECK(problem_of(host.reader()).where == host.procfs.path() / "diskstats");
  host.mount_state("8:0", "ext4 /dev/sda rw");
  auto reader = host.reader();
  CHECK(problem_of(reader).where == host.sysfs.root());
  reader.round();
  CHECK(reader.report().work == work_of(200, {}));
  host.procfs.remove("diskstats");
  CHECK(problem_of(host.reader()).fault == Fault::missing);
}
