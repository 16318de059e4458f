// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/census.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "exporter/readers/processes/process_reader.h"
#include "tests/support/fake_procfs.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const WallTime kNow{std::chrono::seconds{FakeProcfs::kBootSeconds + 3600}};

/// A host with processes that began 50 s after its boot, an hour ago.
struct Host {
  explicit Host(int pids = 0) {
    procfs.add_kthreadd();
    for (int pid = 100; pid < 100 + pids; ++pid)
      add(pid, "sleep",
          "sleep\0"
          "9\0"s);
  }

  void add(int pid, const std::string& comm, const std::string& argv,
           const std::string& environment = "") {
    procfs.add(FakeProcess{pid, 5000, comm});
    const auto base = std::to_string(pid) + '/';
    procfs.write(base + "cmdline", argv);
    procfs.write(base + "environ", environment);
  }
  void set_argv(int pid, const std::string& comm, const std::string& argv) {
    procfs.write(std::to_string(pid) + "/stat",
                 FakeProcfs::stat_text({pid, 5000, comm}));
    procfs.write(std::to_string(pid) + "/cmdline", argv);
  }
  std::string state_dir(const std::string& name) {
    tree.add(TreeEntry::directory(name));
    return tree.path(name);
  }
  void add_gateway(int pid, const std::string& state) {
    add(pid, "openclaw-gatewa", "openclaw-gateway\0"s,
        "OPENCLAW_STATE_DIR=" + state_dir(state));
  }

  void look(std::chrono::seconds after = 0s) {
    auto table = std::make_shared<ProcessTable>();
    reader.read(*table, kNow + after);
    result = census.round(std::move(table), MonotonicTime{} + after, gate);
    reader.follow(census.openclaw_pids());
  }
  /// `PID=STATE ` of each process of OpenClaw; `?` where it is not known.
  std::string found() const {
    std::string text;
    for (const auto& process : census.facts()->processes) {
      text += std::to_string(process.process.pid) + '=';
      const auto path = std::filesystem::weakly_canonical(process.path);
      text += process.evidence == Evidence::none
                  ? "?"
                  : path.lexically_relative(tree.root()).native();
      text += ' ';
    }
    return text;
  }

  TempTree tree;
  FakeProcfs procfs;
  ProcessReader reader{procfs.path()};
  Census census{{procfs.path(), tree.root()}};
  Gate gate = always_open;
  RoundResult result;
};

}  // namespace

TEST_CASE("Census: an index of processes by state directory") {
  Host host{3};
  host.add_gateway(7, "a");
  host.add_gateway(8, "b");
  host.tree.add(TreeEntry::symlink("link", "a"));
  host.add(9, "openclaw-agent", "openclaw-agent\0"s,
           "OPENCLAW_STATE_DIR=" + host.tree.path("link"));
  host.look();
  CHECK(host.found() == "7=a 8=b 9=a ");
  const auto& facts = *host.census.facts();
  CHECK(facts.by_state_dir.size() == 2);
  const auto users = facts.users_of(facts.processes[0].state_dir);
  REQUIRE(users.size() == 2);
  CHECK(users[1]->role == ProcessRole::command);
  CHECK(users[1]->inner_path == host.tree.path("link"));
  CHECK(users[1]->inner_real == host.tree.path("a"));
  CHECK(facts.find({8, 5000}) == &facts.processes[1]);
  CHECK(facts.find({8, 5001}) == nullptr);
}

TEST_CASE("Census: without HOME the home directory is that of passwd") {
  Host host;
  host.tree.add({"root/etc/passwd", "me:x:" + std::to_string(::getuid()) +
                                        ":0::/var/me:/bin/sh\n"});
  host.tree.add(TreeEntry::directory("root/var/me/.openclaw"));
  const auto add = [&](int pid) {
    host.add(pid, "MainThread", "node\0/app/dist/index.js\0gateway\0"s,
             "PATH=/bin\0"s);
    const auto root = host.procfs.path() / std::to_string(pid) / "root";
    std::filesystem::remove(root);
    std::filesystem::create_symlink(host.tree.path("root"), root);
  };
  add(7);
  host.look();
  CHECK(host.found() == "7=root/var/me/.openclaw ");
  // Nobody can tell it where that may not be read.
  host.tree.remove("root/etc/passwd");
  host.tree.add(TreeEntry::fifo("root/etc/passwd"));
  add(8);
  host.look(1s);
  CHECK(host.found() == "7=root/var/me/.openclaw 8=? ");
  CHECK(host.census.facts()->unclear.size() == 1);
}

TEST_CASE("Census: the lock in a watched state directory outranks a default") {
  TempTree tree;
  FakeProcfs procfs;
  procfs.add_kthreadd();
  tree.add(TreeEntry::directory("home/.openclaw"));
  tree.add(TreeEntry::directory("c"));
  procfs.add(FakeProcess{7, 5000, "MainThread"});
  procfs.write("7/cmdline", "node\0openclaw.mjs\0gateway\0"s);
  procfs.write("7/environ", "HOME=" + tree.path("home"));
  KnownPlaces places{{"/home/.openclaw", "/c"}, {}};  // below rootfs
  Census census{{procfs.path(), tree.root(),
                 [&] { return std::make_shared<const KnownPlaces>(places); }}};
  ProcessReader reader{procfs.path()};
  const auto path = [&](std::chrono::seconds after) {
    auto table = std::make_shared<ProcessTable>();
    reader.read(*table, kNow + after);
    census.round(std::move(table), MonotonicTime{} + after, always_open);
    return std::filesystem::path{census.facts()->processes.at(0).path}
        .lexically_relative(tree.root())
        .native();
  };
  const auto lock = [&](const std::string& start) {
    tree.add({"c/tmp/openclaw-0/gateway.state.lock",
              R"({"pid":7,"ownerId":"a","stateDir":")" + tree.path("c") +
                  R"(","startTime":)" + start + "}"});
  };
  CHECK(path(0s) == "home/.openclaw");
  lock("5001");
  CHECK(path(70s) == "home/.openclaw");
  lock("5000");
  CHECK(path(140s) == "c");
  CHECK(path(210s) == "c");
}

TEST_CASE("Census: an old variable counts for old versions alone") {
  for (const std::string version : {"2026.3.13", "2026.4.24"}) {
    CAPTURE(version);
    Host host;
    host.tree.add({"app/package.json",
                   R"({"name": "openclaw", "version": ")" + version + "\"}"});
    host.tree.add(TreeEntry::directory("app/dist"));
    host.add(7, "MainThread", "node\0dist/index.js\0gateway\0"s,
             "HOME=" + host.tree.path("home") + "\0CLAWDBOT_STATE_DIR="s +
                 host.state_dir("old") + '\0');
    host.tree.add(TreeEntry::directory("home/.openclaw"));
    std::filesystem::remove(host.procfs.path() / "7/cwd");
    std::filesystem::create_symlink(host.tree.path("app"),
                                    host.procfs.path() / "7/cwd");
    host.look();
    CHECK(host.found() ==
          (version == "2026.3.13" ? "7=old " : "7=home/.openclaw "));
  }
}

TEST_CASE("Census: an environment or arguments of megabytes are read") {
  Host host;
  std::string filler;
  for (int i = 0; i < 20; ++i)
    filler += "FILLER_" + std::to_string(i) + '=' +
              std::string((128 << 10) - 16, 'x') + '\0';
  host.add(
      7, "openclaw-gatewa", "openclaw-gateway\0"s,
      filler + "OPENCLAW_STATE_DIR=" + host.state_dir("a") + '\0' + filler);
  host.add(8, "openclaw-gatewa", "openclaw-gateway\0"s + filler,
           "OPENCLAW_STATE_DIR=" + host.state_dir("b"));
  host.look();
  CHECK(host.found() == "7=a 8=b ");
  CHECK(host.census.facts()->unclear.empty());
}

TEST_CASE("Census: what is larger than any environment is told as that") {
  Host host;
  host.add(7, "openclaw-gatewa", "openclaw-gateway\0"s,
           "OPENCLAW_STATE_DIR=" + host.state_dir("a") + '\0' +
               std::string(9 << 20, 'x'));
  host.look();
  CHECK(host.census.facts()->unclear.size() == 1);
  CHECK(host.census.facts()->environment_too_big);
}

TEST_CASE("Census: no command line keeps a gateway from being found") {
  struct Case {
    const char* comm;
    std::string argv;
  };
  for (const auto& one :
       {Case{"MainThread", "node\0dist/index.js\0gateway\0--bind\0lan\0"s},
        Case{"node", "node\0/app/dist/index.js\0gateway\0run\0"s},
        Case{"bun", "bun\0run\0/x/openclaw/dist/entry.js\0gateway\0"s},
        Case{"electron", "/opt/e/electron\0/x/openclaw.mjs\0gateway\0"s},
        Case{"openclaw", "openclaw\0"s}}) {
    CAPTURE(one.comm);
    Host host;
    host.add(7, one.comm, one.argv,
             "OPENCLAW_STATE_DIR=" + host.state_dir("a"));
    host.look();
    CHECK(host.found() == "7=a ");
    CHECK(host.census.facts()->processes[0].is_certain());
  }
}

TEST_CASE("Census: a lone .clawdbot is the default") {
  Host host;
  host.state_dir("home/.clawdbot");
  host.add(7, "openclaw", "openclaw\0"s, "HOME=" + host.tree.path("home"));
  host.look();
  CHECK(host.found() == "7=home/.clawdbot ");
  CHECK(host.census.facts()->processes[0].evidence == Evidence::guess);
}

TEST_CASE("Census: a title that is being written takes nothing away") {
  Host host;
  host.add(7, "node", "node\0/x/openclaw.mjs\0gateway\0"s,
           "OPENCLAW_STATE_DIR=" + host.state_dir("a"));
  const auto role = [&] { return host.census.facts()->processes.at(0).role; };
  host.look();
  CHECK(role() == ProcessRole::started);
  for (const auto& argv : {"openclaw\0penclaw.mjs\0gateway\0"s, ""s}) {
    host.set_argv(7, "openclaw", argv);
    host.look();
    CHECK(role() == ProcessRole::started);
  }
  host.set_argv(7, "openclaw", "openclaw\0"s);
  host.look();
  CHECK(role() == ProcessRole::started);
}

TEST_CASE("Census: a wrapper that executes a gateway, while it is young") {
  Host host;
  host.add(7, "bash", "bash\0run.sh\0"s,
           "OPENCLAW_STATE_DIR=" + host.state_dir("a"));
  host.procfs.write("7/stat", FakeProcfs::stat_text({7, 359'000, "bash"}));
  host.look();
  CHECK(host.found() == "");
  host.procfs.write("7/stat", FakeProcfs::stat_text({7, 359'000, "node"}));
  host.procfs.write("7/cmdline", "node\0dist/index.js\0gateway\0"s);
  host.look(5s);
  CHECK(host.found() == "7=a ");
}

TEST_CASE("Census: an old process that executes a gateway, in a minute") {
  Host host;
  host.add(7, "node", "node\0x.js\0"s,
           "OPENCLAW_STATE_DIR=" + host.state_dir("a"));
  host.look();
  host.procfs.write("7/cmdline", "node\0dist/index.js\0gateway\0"s);
  host.look(30s);
  CHECK(host.found() == "");
  host.look(60s);
  CHECK(host.found() == "7=a ");
}

TEST_CASE("Census: a state directory that is made anew") {
  Host host;
  host.add_gateway(7, "a");
  host.look();
  const auto before = host.census.facts()->processes.at(0).state_dir;
  std::filesystem::rename(host.tree.path("a"), host.tree.path("moved"));
  host.tree.add(TreeEntry::directory("a"));
  host.look(5s);
  CHECK(host.found() == "7=a ");
  CHECK(host.census.facts()->processes.at(0).state_dir != before);
}

TEST_CASE("Census: what does not answer costs its own processes alone") {
  Host host;
  host.add_gateway(7, "nfs");
  host.add_gateway(8, "b");
  host.gate = [](const std::string& path) {
    return path.find("nfs") == std::string::npos;
  };
  host.look();
  CHECK(host.found() == "7=? 8=b ");
  CHECK(host.census.facts()->unclear == std::vector<std::size_t>{0});
  REQUIRE(host.result.problems.size() == 1);
  CHECK(host.result.problems[0].fault == Fault::timeout);
  host.gate = always_open;
  host.look(5s);
  CHECK(host.found() == "7=nfs 8=b ");
  // What was known before stays.
  host.gate = [](const std::string&) { return false; };
  host.look(10s);
  CHECK(host.found() == "7=nfs 8=b ");
}

TEST_CASE("Census: a process that is avoided") {
  Host host;
  host.add_gateway(7, "a");
  host.add_gateway(8, "b");
  host.census.avoid(7);
  host.look();
  CHECK(host.found() == "8=b ");
  CHECK(host.census.looking_at() == 0);
}

TEST_CASE("Census: absolute links mean what they mean in that container") {
  Host host;
  host.state_dir("container/data/openclaw");
  host.tree.add(
      TreeEntry::symlink("container/home/node/.openclaw", "/data/openclaw"));
  host.add(7, "openclaw-gatewa", "openclaw-gateway\0"s, "HOME=/home/node\0"s);
  host.procfs.remove("7/root");
  host.procfs.add(TreeEntry::symlink("7/root", host.tree.path("container")));
  host.procfs.write("7/mountinfo", "90 1 0:50 / / rw - overlay overlay rw\n");
  host.look();
  const auto& process = host.census.facts()->processes.at(0);
  CHECK(process.passing);
  CHECK(process.inner_path == "/home/node/.openclaw");
  CHECK(process.path == (host.procfs.path() / "7/root/data/openclaw").native());
}

namespace {

/// A state directory of user 4711, and gateways of users 4711, 4712, 4713 and
/// root that name it; 4713 is in group 4720 besides.
struct SharedHost : Host {
  SharedHost() {
    for (const int pid : {100, 101, 102, 103}) add_gateway(pid, "a");
    run_as(100, 4711);
    run_as(101, 4712);
    run_as(102, 4713, "4720 ");
    run_as(103, 0);
    REQUIRE(::chmod(tree.root().c_str(), 0755) == 0);
    own("a", 4711, 4711, 0755);
  }

  void run_as(int pid, int user, const std::string& groups = "") {
    std::string line;
    for (int i = 0; i < 4; ++i) line += '\t' + std::to_string(user);
    procfs.write(std::to_string(pid) + "/status",
                 "Pid:\t" + std::to_string(pid) + "\nUid:" + line + "\nGid:" +
                     line + "\nGroups:\t" + groups + "\n");
  }
  void own(const std::string& path, uid_t user, gid_t group,
           mode_t mode) const {
    const auto full = tree.path(path);
    REQUIRE(::chown(full.c_str(), user, group) == 0);
    REQUIRE(::chmod(full.c_str(), mode) == 0);
  }
  std::string found_now() {
    now_ += 61s;
    look(now_);
    return found();
  }

 private:
  std::chrono::seconds now_{0};
};

bool makes_files_of_others() {
  if (::geteuid() == 0) return true;
  MESSAGE("not tested: only root can make directories of others");
  return false;
}

}  // namespace

TEST_CASE("Census: who cannot write to a state directory does not use it") {
  if (!makes_files_of_others()) return;
  SharedHost host;
  CHECK(host.found_now() == "100=a 101=? 102=? 103=a ");
  // A group that may write, as Kubernetes' fsGroup makes it, is not anybody's.
  host.own("a", 4711, 4720, 0775);
  CHECK(host.found_now() == "100=a 101=? 102=a 103=a ");
  host.own("a", 4711, 4720, 0757);
  CHECK(host.found_now() == "100=a 101=a 102=? 103=a ");
  host.own("a", 4711, 4720, 0777);
  CHECK(host.found_now() == "100=a 101=a 102=a 103=a ");
}

TEST_CASE("Census: who cannot reach a state directory does not use it") {
  if (!makes_files_of_others()) return;
  SharedHost host;
  host.tree.add(TreeEntry::directory("home/b"));
  host.own("home/b", 4711, 4711, 0777);
  host.own("home", 4711, 4720, 0710);
  for (const int pid : {100, 101, 102, 103})
    host.procfs.write(std::to_string(pid) + "/environ",
                      "OPENCLAW_STATE_DIR=" + host.tree.path("home/b"));
  CHECK(host.found_now() == "100=home/b 101=? 102=home/b 103=home/b ");
}

TEST_CASE("Census: who may write where the agents are uses the directory") {
  if (!makes_files_of_others()) return;
  SharedHost host;
  host.tree.add(TreeEntry::directory("data"));
  host.tree.add(TreeEntry::symlink("a/agents", "../data"));
  host.own("a", 0, 0, 0755);
  host.own("data", 4712, 4720, 0770);
  CHECK(host.found_now() == "100=? 101=a 102=a 103=a ");
}

TEST_CASE("Census: a server of another project is not certain") {
  Host host;
  host.state_dir("home/.openclaw");
  host.add(7, "rt", "/opt/rt\0/srv/dist/index.js\0gateway\0"s,
           "HOME=" + host.tree.path("home"));
  host.look();
  CHECK_FALSE(host.census.facts()->processes.at(0).is_certain());
}

TEST_CASE("Census: locks of gateways that have ended, by their directory") {
  Host host;
  host.state_dir("a");
  const auto uid = std::to_string(::getuid());
  host.tree.add({"tmp/openclaw-" + uid + "/gateway.d59d07cd.lock",
                 R"({"pid":7,"configPath":"/a/openclaw.json","startTime":5})"});
  host.look();
  const auto& locks = host.census.facts()->locks;
  REQUIRE(locks.size() == 1);
  CHECK(locks.begin()->second.at(0).claim.pid == 7);
  // Written anew, under another name.
  host.tree.remove("tmp/openclaw-" + uid + "/gateway.d59d07cd.lock");
  host.tree.add({"tmp/openclaw-" + uid + "/gateway.00000000.lock",
                 R"({"pid":8,"configPath":"/a/openclaw.json","startTime":5})"});
  host.look(5s);
  CHECK(host.census.facts()->locks.begin()->second.at(0).claim.pid == 8);
}

TEST_CASE("Census: processes of others are read once") {
  Host host{50};
  host.add_gateway(7, "a");
  host.look();
  // What is not there any more cannot be read again.
  for (int pid = 100; pid < 150; ++pid)
    for (const auto* name : {"/stat", "/status", "/cmdline"})
      host.procfs.remove(std::to_string(pid) + name);
  host.look(5s);
  CHECK(host.result.problems.empty());
  CHECK(host.census.facts()->table->complete);
  CHECK(host.census.facts()->table->processes.size() == 52);
  CHECK(host.found() == "7=a ");
}

TEST_CASE("Census: gateways are read once, and again after a minute") {
  Host host;
  for (int pid = 10; pid < 30; ++pid)
    host.add_gateway(pid, "s" + std::to_string(pid));
  host.look();
  const auto before = host.found();
  for (int pid = 10; pid < 30; ++pid)
    for (const auto* name : {"/cmdline", "/environ", "/mountinfo"})
      host.procfs.remove(std::to_string(pid) + name);
  host.look(5s);
  CHECK(host.found() == before);
  CHECK(host.result.problems.empty());
  host.look(60s);
  CHECK(host.found() != before);
}
