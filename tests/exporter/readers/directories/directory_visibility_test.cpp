// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/directory_visibility.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "exporter/readers/processes/process_reader.h"
#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;

namespace {

constexpr int kPid = 7;

LockClaim claim(std::optional<std::uint64_t> start_ticks = 5000) {
  LockClaim made;
  made.pid = kPid;
  made.start_ticks = start_ticks;
  return made;
}

/// A session directory on this machine, and a procfs of our making.
class World {
 public:
  World() {
    procfs.add_kthreadd();
    struct stat found {};
    REQUIRE(::stat(path().c_str(), &found) == 0);
    device_ = found.st_dev;
    inode_ = found.st_ino;
  }

  std::string path() const { return tree.path("state/sessions"); }

  DirectoryVisibility visibility(const std::string& mountinfo = root_mount()) {
    mounts_ = parse_mountinfo(mountinfo);
    return {procfs.path(), mounts_, path(), device_, inode_};
  }
  Sees sees(int pid) { return visibility().sees(pid); }

  HolderEvidence gather(const LockClaim& wanted,
                        const std::optional<FileKey>& lock = {}) {
    ProcessTable table;
    ProcessReader reader{procfs.path()};
    CHECK(reader.read(table, {}).success);
    return visibility().gather(wanted, table, lock);
  }

  TempTree tree{TreeEntry::directory("state/sessions"),
                TreeEntry::directory("elsewhere/data/sessions")};
  FakeProcfs procfs;

 private:
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::vector<Mount> mounts_;
};

/// A container that has our state directory, or another, mounted at /data.
FakeProcess container(const World& world, int pid, std::string root,
                      const std::string& mounted) {
  FakeProcess process{pid, 5000, "openclaw", 'S', {pid, kPid}};
  process.root = std::move(root);
  process.mountinfo = "90 1 0:50 / / rw - overlay overlay rw\n91 90 254:0 " +
                      world.tree.path(mounted) +
                      " /data rw - ext4 /dev/vda rw\n";
  return process;
}

}  // namespace

TEST_CASE("DirectoryVisibility: tells the file system") {
  World world;
  CHECK(world.visibility().filesystem() == "ext4");
  CHECK(world.visibility(root_mount("nfs4")).filesystem() == "nfs4");
  CHECK(world.visibility("").filesystem().empty());
}

TEST_CASE("DirectoryVisibility: a process of the host sees it") {
  World world;
  world.procfs.add(FakeProcess{100, 1});
  CHECK(world.sees(100) == Sees::yes);
}

TEST_CASE(
    "DirectoryVisibility: a container sees it by the path of its "
    "mount") {
  World world;
  // The container's /data is our state directory.
  const TempTree root{TreeEntry::symlink("data", world.tree.path("state"))};
  world.procfs.add(container(world, 100, root.root(), "state"));
  CHECK(world.sees(100) == Sees::yes);
}

TEST_CASE(
    "DirectoryVisibility: a container without a mount of it does not "
    "see it") {
  World world;
  FakeProcess process{100, 1};
  process.mountinfo = "90 1 0:50 / / rw - overlay overlay rw\n";
  world.procfs.add(process);
  CHECK(world.sees(100) == Sees::no);
}

TEST_CASE("DirectoryVisibility: another directory at that path is not it") {
  World world;
  const TempTree root{TreeEntry::directory("data/sessions")};
  world.procfs.add(container(world, 100, root.root(), "state"));
  CHECK(world.sees(100) == Sees::no);
}

TEST_CASE("DirectoryVisibility: mounts that cannot be read tell nothing") {
  World world;
  FakeProcess zombie{100, 1};
  zombie.mountinfo = "";
  world.procfs.add(zombie);
  CHECK(world.sees(100) == Sees::unknown);
  CHECK(world.sees(999) == Sees::unknown);
  CHECK(world.visibility("").sees(100) == Sees::unknown);
}

TEST_CASE("DirectoryVisibility: a chroot is never taken for blindness") {
  World world;
  FakeProcess process{100, 1};
  process.mountinfo = "91 90 0:22 / /proc rw - proc proc rw\n";
  SUBCASE("around the directory") { process.root = world.tree.root(); }
  SUBCASE("elsewhere") { process.root = world.tree.path("elsewhere"); }
  const bool around = process.root == world.tree.root();
  world.procfs.add(process);
  CHECK(world.sees(100) == (around ? Sees::yes : Sees::unknown));
}

TEST_CASE(
    "DirectoryVisibility: below an overlay's upper directory nothing is "
    "told") {
  World world;
  FakeProcess process{100, 1};
  process.mountinfo = "90 1 0:50 / / rw - overlay overlay rw,upperdir=" +
                      world.tree.path("state") + ",workdir=/w\n";
  world.procfs.add(process);
  CHECK(world.sees(100) == Sees::unknown);
}

TEST_CASE("DirectoryVisibility: gathers every process with the pid") {
  World world;
  world.procfs.add(FakeProcess{kPid, 5000});
  world.procfs.add(FakeProcess{100, 6000, "node", 'S', {100, kPid}});
  world.procfs.add(FakeProcess{101, 6000, "node", 'S', {101, kPid, 1}});
  world.procfs.add(FakeProcess{102, 6000, "node", 'S', {102, 8}});
  const auto evidence = world.gather(claim());
  REQUIRE(evidence.candidates.size() == 3);
  for (const auto& found : evidence.candidates) {
    CHECK(found.innermost == (found.stat.pid != 101));
    CHECK(found.nested == (found.stat.pid != kPid));
    CHECK(found.sees == Sees::yes);
  }
  CHECK(evidence.table_complete);
  CHECK(evidence.initial_namespace);
  CHECK(evidence.boot_time);
  CHECK_FALSE(evidence.lock_unchanged);
  CHECK_FALSE(evidence.seen_alive);
}

TEST_CASE("DirectoryVisibility: kernel threads are no candidates") {
  World world;
  FakeProcess thread{kPid, 5000, "kworker/0:1"};
  thread.flags = kKernelThreadFlag;
  world.procfs.add(thread);
  CHECK(world.gather(claim()).candidates.empty());
}

TEST_CASE("DirectoryVisibility: without a pid there are no candidates") {
  World world;
  world.procfs.add(FakeProcess{kPid, 5000});
  CHECK(world.gather({}).candidates.empty());
}

TEST_CASE("DirectoryVisibility: offsets are read where the ticks differ") {
  World world;
  FakeProcess moved{100, 6000, "node", 'S', {100, kPid}};
  moved.timens_offsets = "monotonic 0 0\nboottime 1000 0\n";
  world.procfs.add(moved);
  CHECK(world.gather(claim()).candidates.at(0).offset_ticks == 100'000);
  world.procfs.write("100/timens_offsets", "garbage");
  CHECK_FALSE(world.gather(claim()).candidates.at(0).offset_ticks);
  CHECK(world.gather(claim(6000)).candidates.at(0).offset_ticks == 0);
}

TEST_CASE(
    "DirectoryVisibility: a kernel without time namespaces has no "
    "offsets") {
  World world;
  world.procfs.add(FakeProcess{kPid, 6000});
  world.procfs.remove("7/timens_offsets");
  CHECK_FALSE(world.gather(claim()).candidates.at(0).offset_ticks);
  world.procfs.remove("self/timens_offsets");
  CHECK(world.gather(claim()).candidates.at(0).offset_ticks == 0);
}

TEST_CASE(
    "DirectoryVisibility: looks for containers on the directory where "
    "the host's process is not the holder for sure") {
  World world;
  world.procfs.add(FakeProcess{kPid, 6000});
  CHECK_FALSE(world.gather(claim()).nested_sees_directory);
  const TempTree root{TreeEntry::symlink("data", world.tree.path("state"))};
  auto other = container(world, 100, root.root(), "state");
  other.ns_pids = {100, 55};
  world.procfs.add(other);
  CHECK(world.gather(claim()).nested_sees_directory);
  CHECK(world.gather(claim({})).nested_sees_directory);
}

TEST_CASE(
    "DirectoryVisibility: what a process has open, without a start time") {
  World world;
  world.tree.add({"state/sessions/a.jsonl.lock", "{}"});
  const auto path = world.tree.path("state/sessions/a.jsonl.lock");
  struct stat file {};
  REQUIRE(::stat(path.c_str(), &file) == 0);
  const FileKey lock{file.st_dev, file.st_ino};
  world.procfs.add(FakeProcess{kPid, 5000, "anything"});
  const auto look = [&](std::optional<std::uint64_t> start = {}) {
    return world.gather(claim(start), lock).candidates.at(0);
  };
  CHECK_FALSE(look().keeps_open);
  world.procfs.add(TreeEntry::directory("7/fd"));
  world.procfs.add(TreeEntry::symlink("7/fd/0", "/dev/null"));
  CHECK(look().keeps_open == false);
  CHECK_FALSE(look(5000).keeps_open);  // nobody need look
  world.procfs.add(TreeEntry::symlink("7/fd/3", path));
  CHECK(look().keeps_open == true);
  CHECK_FALSE(world.gather(claim({})).candidates.at(0).keeps_open);
}

TEST_CASE("DirectoryVisibility: what the command of a process can be") {
  World world;
  using namespace std::string_literals;
  world.procfs.add(FakeProcess{kPid, 5000, "systemd"});
  CHECK(world.gather(claim({})).candidates.at(0).may_be_openclaw);
  world.procfs.write("7/cmdline", "/sbin/init\0"s);
  CHECK_FALSE(world.gather(claim({})).candidates.at(0).may_be_openclaw);
}

TEST_CASE("DirectoryVisibility: a process that ended, or another, meanwhile") {
  World world;
  world.procfs.add(FakeProcess{kPid, 5000});
  ProcessTable table;
  ProcessReader reader{world.procfs.path()};
  REQUIRE(reader.read(table, {}).success);
  FakeProcess zombie{kPid, 5000, "openclaw", 'Z'};
  world.procfs.write("7/stat", FakeProcfs::stat_text(zombie));
  auto visibility = world.visibility();
  for (int i = 0; i < 2; ++i)
    CHECK(visibility.gather(claim(), table, {}).candidates.at(0).stat.state ==
          'Z');
  world.procfs.write("7/stat", FakeProcfs::stat_text({kPid, 7000}));
  const auto other = world.visibility().gather(claim(), table, {});
  CHECK(other.candidates.empty());
  CHECK_FALSE(other.table_complete);
  world.procfs.remove("7");
  const auto gone = world.visibility().gather(claim(), table, {});
  CHECK(gone.candidates.empty());
  CHECK(gone.table_complete);
}
