// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/process_reader.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;

namespace {

constexpr WallTime kNow{std::chrono::seconds{1795216202}};

struct Walk {
  ProcessTable table;
  RoundResult round;
};

Walk walk(ProcessReader& reader) {
  Walk walked;
  walked.round = reader.read(walked.table, kNow);
  return walked;
}

Walk walk(const FakeProcfs& procfs) {
  ProcessReader reader{procfs.path()};
  return walk(reader);
}

/// A host with one process.
struct Host : FakeProcfs {
  Host() {
    add_kthreadd();
    add(FakeProcess{100, 5000});
  }
};

std::size_t count(const Walk& walked, Fault fault) {
  std::size_t found = 0;
  for (const auto& problem : walked.round.problems)
    if (problem.fault == fault) ++found;
  return found;
}

}  // namespace

TEST_CASE("ProcessReader: a whole host") {
  FakeProcfs procfs;
  procfs.add_kthreadd();
  procfs.add(FakeProcess{100, 5000, "openclaw-gatewa"});
  procfs.add(FakeProcess{200, 6000, "node", 'S', {200, 7}});
  const auto walked = walk(procfs);
  CHECK(walked.round.success);
  CHECK(walked.round.problems.empty());
  const auto& table = walked.table;
  CHECK(table.processes.size() == 3);
  CHECK(table.complete);
  CHECK(table.initial_namespace);
  CHECK(table.started_at == kNow);
  CHECK(table.boot_time ==
        WallTime{std::chrono::seconds{FakeProcfs::kBootSeconds}});
  CHECK(table.reader_offset_ticks == 0);
  REQUIRE(table.by_pid.count(7) == 1);
  const auto& nested = table.processes[table.by_pid.find(7)->second];
  CHECK(nested.stat.pid == 200);
  CHECK(nested.stat.start_ticks == 6000);
  CHECK(nested.ns_pids == std::vector<int>{200, 7});
}

TEST_CASE("ProcessReader: a pid 2 that is no kernel thread is not kthreadd") {
  FakeProcfs procfs;
  procfs.add(FakeProcess{1, 10, "tini"});
  procfs.add(FakeProcess{2, 11, "kthreadd"});
  CHECK_FALSE(walk(procfs).table.initial_namespace);
}

TEST_CASE("ProcessReader: a procfs that is not there is a failed round") {
  const TempTree tree{{"file", ""}};
  ProcessReader reader{tree.path("none")};
  const auto walked = walk(reader);
  CHECK_FALSE(walked.round.success);
  CHECK_FALSE(walked.table.complete);
  CHECK(count(walked, Fault::missing) == 1);
}

TEST_CASE("ProcessReader: without a process the round has failed") {
  const FakeProcfs procfs;
  CHECK_FALSE(walk(procfs).round.success);
}

TEST_CASE("ProcessReader: entries that are no pids are passed over") {
  Host procfs;
  for (const auto* name : {"0", "-7", "7x", "x7", "99999999999", "+7"})
    procfs.write(std::string{name} + "/stat", "garbage");
  const auto walked = walk(procfs);
  CHECK(walked.table.processes.size() == 2);
  CHECK(walked.table.complete);
}

TEST_CASE("ProcessReader: a process that ends meanwhile is no problem") {
  Host procfs;
  procfs.add(TreeEntry::directory("300"));  // gone before its stat
  procfs.write("301/stat", FakeProcfs::stat_text({301, 1}));  // and status
  const auto walked = walk(procfs);
  CHECK(walked.table.processes.size() == 2);
  CHECK(walked.table.complete);
  CHECK(walked.round.problems.empty());
}

TEST_CASE(
    "ProcessReader: a process that cannot be understood makes the table "
    "incomplete") {
  for (const auto* file : {"stat", "status"}) {
    CAPTURE(file);
    Host procfs;
    procfs.add(FakeProcess{300, 1});
    procfs.write(std::string{"300/"} + file, "garbage");
    const auto walked = walk(procfs);
    CHECK(walked.round.success);
    CHECK_FALSE(walked.table.complete);
    CHECK(count(walked, Fault::malformed) == 1);
  }
}

TEST_CASE(
    "ProcessReader: a process that may not be read makes the table "
    "incomplete") {
  if (::getuid() == 0) return;
  Host procfs;
  procfs.add({"300/stat", "x", 0});
  const auto walked = walk(procfs);
  CHECK_FALSE(walked.table.complete);
  CHECK(count(walked, Fault::denied) == 1);
}

TEST_CASE("ProcessReader: hidepid makes the table incomplete") {
  for (const std::string option : {"hidepid=2", "hidepid=invisible"}) {
    Host procfs;
    procfs.write("self/mountinfo", root_mount() + "26 25 0:22 / " +
                                       procfs.path().string() +
                                       " rw - proc proc rw," + option + '\n');
    const auto walked = walk(procfs);
    CHECK(walked.round.success);
    CHECK_FALSE(walked.table.complete);
    CHECK(count(walked, Fault::denied) == 1);
  }
}

TEST_CASE(
    "ProcessReader: mount options that cannot be read make the table "
    "incomplete") {
  Host procfs;
  procfs.remove("self/mountinfo");
  CHECK_FALSE(walk(procfs).table.complete);
}

TEST_CASE(
    "ProcessReader: without btime there is no boot time, and that is "
    "told") {
  Host procfs;
  procfs.write("stat", "cpu 1\n");
  const auto walked = walk(procfs);
  CHECK(walked.table.complete);
  CHECK_FALSE(walked.table.boot_time);
  CHECK(count(walked, Fault::malformed) == 1);
}

TEST_CASE("ProcessReader: its own time namespace") {
  Host procfs;
  procfs.write("self/timens_offsets", "monotonic 0 0\nboottime 10 0\n");
  const auto walked = walk(procfs);
  CHECK(walked.table.reader_offset_ticks == 10 * ::sysconf(_SC_CLK_TCK));
  procfs.remove("self/timens_offsets");  // a kernel before 5.5
  CHECK(walk(procfs).round.problems.empty());
}

namespace {

/// Ends what has the pid of `process` and begins it: another entry of the
/// procfs, with another inode.
void replace(FakeProcfs& procfs, const FakeProcess& process) {
  const auto old = procfs.path() / std::to_string(process.pid);
  std::filesystem::rename(old, procfs.path() / "ended");
  procfs.add(process);
  procfs.remove("ended");
}

std::string comm_of(const Walk& walked, int pid) {
  for (const auto& process : walked.table.processes)
    if (process.stat.pid == pid) return process.stat.comm;
  return {};
}

Walk walk_at(ProcessReader& reader, WallTime now) {
  Walk walked;
  walked.round = reader.read(walked.table, now);
  return walked;
}

}  // namespace

TEST_CASE("ProcessReader: a pid in new hands is read anew") {
  Host procfs;
  ProcessReader reader{procfs.path()};
  walk(reader);
  procfs.write("100/status", "Pid:\t100\nNSpid:\t100\t9\n");
  CHECK(walk(reader).table.by_pid.count(9) == 0);  // NSpid never changes
  replace(procfs, FakeProcess{100, 7777, "openclaw", 'S', {100, 9}});
  CHECK(walk(reader).table.by_pid.count(9) == 1);
  CHECK(walk(reader).table.processes.size() == 2);
}

TEST_CASE("ProcessReader: an old process is read once a minute") {
  using namespace std::chrono_literals;
  Host procfs;
  ProcessReader reader{procfs.path()};
  walk(reader);
  procfs.write("100/stat", FakeProcfs::stat_text({100, 5000, "node"}));
  CHECK(comm_of(walk_at(reader, kNow + 59s), 100) == "openclaw");
  CHECK(comm_of(walk_at(reader, kNow + 60s), 100) == "node");
  SUBCASE("one that is followed in each walk") {
    reader.follow({100});
    procfs.write("100/stat", FakeProcfs::stat_text({100, 5000, "bun"}));
    CHECK(comm_of(walk_at(reader, kNow + 61s), 100) == "bun");
  }
  SUBCASE("a clock that was set back makes it read again") {
    procfs.write("100/stat", FakeProcfs::stat_text({100, 5000, "bun"}));
    CHECK(comm_of(walk_at(reader, kNow + 30s), 100) == "bun");
  }
}

TEST_CASE("ProcessReader: a young process is read in each walk") {
  using namespace std::chrono_literals;
  Host procfs;
  ProcessReader reader{procfs.path()};
  const WallTime start{std::chrono::seconds{FakeProcfs::kBootSeconds + 50}};
  walk_at(reader, start + 1s);
  procfs.write("100/stat", FakeProcfs::stat_text({100, 5000, "node"}));
  CHECK(comm_of(walk_at(reader, start + 2s), 100) == "node");
}

TEST_CASE("ProcessReader: lists processes where some have come or gone") {
  using namespace std::chrono_literals;
  Host procfs;
  procfs.remove("self");
  procfs.add(TreeEntry::symlink("self", std::to_string(::getpid())));
  procfs.write(std::to_string(::getpid()) + "/mountinfo",
               root_mount());
  procfs.write("loadavg", "0.0 0.0 0.0 1/300 4000\n");
  ProcessReader reader{procfs.path()};
  const auto sees = [&](int pid, WallTime now, bool may_keep) {
    ProcessTable table;
    REQUIRE(reader.read(table, now, may_keep).success);
    return table.by_pid.count(pid) == 1;
  };
  CHECK_FALSE(sees(200, kNow, true));
  procfs.add(FakeProcess{200, 6000});
  CHECK_FALSE(sees(200, kNow + 1s, true));
  SUBCASE("the last pid is another") {
    procfs.write("loadavg", "0.0 0.0 0.0 1/300 4001\n");
    CHECK(sees(200, kNow + 2s, true));
  }
  SUBCASE("there are more") {
    procfs.write("loadavg", "0.0 0.0 0.0 1/301 4000\n");
    CHECK(sees(200, kNow + 2s, true));
  }
  SUBCASE("it must be known") { CHECK(sees(200, kNow + 2s, false)); }
  SUBCASE("it was a minute ago") { CHECK(sees(200, kNow + 60s, true)); }
  SUBCASE("one has ended that was there") {
    procfs.remove("100");
    reader.follow({100});
    CHECK_FALSE(sees(100, kNow + 2s, true));
  }
}

TEST_CASE("ProcessReader: the count of another PID namespace tells nothing") {
  Host procfs;
  procfs.write("loadavg", "0.0 0.0 0.0 1/300 4000\n");
  ProcessReader reader{procfs.path()};
  ProcessTable table;
  REQUIRE(reader.read(table, kNow, true).success);
  procfs.add(FakeProcess{200, 6000});
  REQUIRE(reader.read(table, kNow, true).success);
  CHECK(table.by_pid.count(200) == 1);
}

TEST_CASE("ProcessReader: this machine's own processes") {
  ProcessReader reader{"/proc"};
  const auto walked = walk(reader);
  CHECK(walked.round.success);
  CHECK(walked.table.self_pid == ::getpid());
  CHECK(walked.table.by_pid.count(::getpid()) == 1);
  CHECK(walked.table.boot_time);
}
