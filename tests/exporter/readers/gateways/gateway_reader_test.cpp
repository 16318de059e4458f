// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_reader.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "exporter/readers/processes/census.h"
#include "exporter/readers/processes/process_reader.h"
#include "exporter/system/mount_view.h"
#include "tests/support/fake_procfs.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

constexpr const char* kTitle = "openclaw-gateway";

/// A host with the state directories `a` and `b`.
struct Host {
  Host() {
    procfs.add_kthreadd();
    for (const auto* name : {"a", "b"})
      tree.add(TreeEntry::directory(std::string{name} + "/agents"));
  }

  /// A process that was started with HOME at no state directory, and with the
  /// state directory `inner` (a path in its root) where that is not empty.
  void add(int pid, int parent, const std::string& title,
           const std::string& inner, const std::string& root = "/") {
    FakeProcess process{pid, static_cast<std::uint64_t>(pid) * 10,
                        title.substr(0, 15)};
    process.parent = parent;
    process.root = root;
    procfs.add(process);
    const auto base = std::to_string(pid) + '/';
    procfs.write(base + "cmdline", title + std::string(20, '\0'));
    std::string environ_text = "TMPDIR=" + tree.path("tmp");
    if (!inner.empty())
      environ_text += std::string{'\0'} + "OPENCLAW_STATE_DIR=" + inner;
    procfs.write(base + "environ", environ_text);
    procfs.write(base + "net/tcp", "");
    procfs.add(TreeEntry::directory(base + "fd"));
  }
  void add_argv(int pid, const std::string& comm, const std::string& argv,
                const std::string& inner) {
    add(pid, 1, comm, inner);
    procfs.write(std::to_string(pid) + "/cmdline", argv);
  }
  void open_file(int pid, const std::string& target) {
    procfs.add(TreeEntry::symlink(
        std::to_string(pid) + "/fd/" + std::to_string(next_fd++), target));
  }
  void listen(int pid) {
    const auto inode = std::to_string(pid * 100);
    procfs.write(
        std::to_string(pid) + "/net/tcp",
        "0: 0100007F:4965 00000000:0000 0A 0:0 0:0 0 0 0 " + inode + "\n");
    open_file(pid, "socket:[" + inode + "]");
  }
  std::string claim(int pid, int start, const std::string& state) const {
    return R"({"pid":)" + std::to_string(pid) + R"(,"configPath":")" +
           tree.path(state) + R"(/openclaw.json","startTime":)" +
           std::to_string(start) + "}";
  }
  std::string uid_directory() const {
    return "openclaw-" + std::to_string(::getuid());
  }

  GatewayInputs inputs(WallTime now) const {
    auto table = std::make_shared<ProcessTable>();
    ProcessReader{procfs.path()}.read(*table, now);
    Census census{{procfs.path(), tree.root()}};
    census.round(std::move(table), {}, always_open);
    return {census.facts(), nullptr,
            read_mount_view(procfs.path(), "/").mounts};
  }

  /// `instances`, or `none`, and the lock: `+` fits, `!` does not.
  std::string round(const std::string& state = "a") {
    GatewayReader reader{{tree.path(state), procfs.path()}};
    problems = reader.round(inputs({})).problems;
    facts = reader.facts();
    auto text = facts.instances ? std::to_string(*facts.instances) : "none";
    if (facts.lock_mismatch) text += *facts.lock_mismatch ? '!' : '+';
    return text;
  }

  TempTree tree;
  FakeProcfs procfs;
  GatewayFacts facts;
  std::vector<Problem> problems;
  int next_fd = 3;
};

}  // namespace

TEST_CASE("GatewayReader: none, one, two, each where it belongs") {
  Host host;
  CHECK(host.round() == "0");
  CHECK_FALSE(host.facts.youngest_start);
  host.add(7, 1, kTitle, host.tree.path("a"));
  CHECK(host.round() == "1!");
  CHECK(host.round("b") == "0");
  CHECK(host.problems.empty());
  host.add(9, 1, kTitle, host.tree.path("a"));
  CHECK(host.round() == "2!");
  CHECK(host.facts.youngest_start ==
        WallTime{
            std::chrono::milliseconds{FakeProcfs::kBootSeconds * 1000 + 900}});
}

TEST_CASE("GatewayReader: 2026.4.24, a wrapper above each gateway") {
  Host host;
  host.add(2121, 1, "openclaw", host.tree.path("a"));
  host.add(2132, 2121, kTitle, host.tree.path("a"));
  host.add(4068, 1, "openclaw", host.tree.path("a"));
  host.add(4070, 4068, "openclaw-agent", host.tree.path("a"));
  CHECK(host.round() == "1!");
  host.tree.add({"tmp/" + host.uid_directory() + "/gateway.d59d07cd.lock",
                 host.claim(2132, 21320, "a")});
  CHECK(host.round() == "1+");
}

TEST_CASE("GatewayReader: 2026.5.22, a gateway by its lock or its listener") {
  Host host;
  const auto lock = "tmp/" + host.uid_directory() + "/gateway.d59d07cd.lock";
  for (const int pid : {3395, 5389, 5899})
    host.add(pid, 1, "openclaw", host.tree.path("a"));
  CHECK(host.round() == "0");
  host.tree.add({lock, host.claim(5389, 53890, "a")});
  CHECK(host.round() == "1+");
  host.listen(3395);
  CHECK(host.round() == "2+");
  SUBCASE("the one with the lock goes, and takes it along") {
    host.procfs.remove("5389");
    host.tree.remove(lock);
    CHECK(host.round() == "1!");
  }
  SUBCASE("the lock is that of another state directory, or process") {
    host.tree.add({lock, host.claim(3395, 33950, "b")});
    CHECK(host.round() == "1!");
    host.tree.add({lock, host.claim(3395, 1, "a")});
    CHECK(host.round() == "1!");
  }
}

TEST_CASE("GatewayReader: a lock that is kept open is evidence") {
  Host host;
  host.add(7, 1, "openclaw", host.tree.path("a"));
  host.open_file(7, "/tmp/openclaw-9/gateway.d59d07cd.lock");
  CHECK(host.round() == "1!");
}

TEST_CASE("GatewayReader: started by the service manager") {
  Host host;
  host.add(7, 1, "openclaw", "");
  host.procfs.write("7/environ",
                    "OPENCLAW_STATE_DIR=" + host.tree.path("a") +
                        std::string{'\0'} + "OPENCLAW_SERVICE_MARKER=openclaw" +
                        std::string{'\0'} + "OPENCLAW_SERVICE_KIND=gateway");
  CHECK(host.round() == "1!");
  auto child = FakeProcess{7, 70, "openclaw"};
  child.parent = 6;
  host.procfs.add(FakeProcess{6, 60, "bash"});
  host.procfs.write("7/stat", FakeProcfs::stat_text(child));
  CHECK(host.round() == "0");
}

TEST_CASE("GatewayReader: arguments intact, as in the Docker image") {
  Host host;
  using namespace std::string_literals;
  host.add_argv(7, "MainThread", "/usr/local/bin/node\0dist/index.js\0gateway"s,
                host.tree.path("a"));
  host.add_argv(8, "MainThread",
                "/usr/local/bin/node\0/x/dist/process/spawn-broker/worker.js"s,
                host.tree.path("a"));
  CHECK(host.round() == "1!");
}

TEST_CASE("GatewayReader: the singleton lock of 2026.9.6") {
  Host host;
  host.add(7, 1, kTitle, host.tree.path("b"));
  const auto lock = "a/tmp/openclaw-0/gateway.state.lock";
  const auto claim = [](const std::string& role) {
    return R"({"pid":7,"ownerId":"x","stateDir":"/elsewhere","startTime":70)" +
           role + "}\n\t\t \t \t\t\n";
  };
  SUBCASE("it goes before the environment") {
    host.tree.add({lock, claim("")});
    CHECK(host.round() == "1+");
  }
  SUBCASE("of an embedded agent it says nothing of gateways") {
    host.tree.add({lock, claim(R"(,"role":"agent-embedded")")});
    CHECK(host.round() == "0");
  }
}

TEST_CASE(
    "GatewayReader: the holder of a singleton lock lives, and is killed") {
  Host host;
  host.add(5389, 1, kTitle, host.tree.path("a"));
  GatewayReader reader{{host.tree.path("a"), host.procfs.path()}};
  const auto holders = [&] {
    reader.round(host.inputs(wall_time_now()));
    REQUIRE(reader.facts().singleton_locks);
    std::string text;
    for (const auto& lock : *reader.facts().singleton_locks) {
      CHECK(lock.series == LockSeries{"", LockKind::gateway});
      text.append(to_string(lock.verdict.holder)).append(" ");
    }
    return text;
  };
  CHECK(holders() == "");

  const auto directory = "tmp/" + host.uid_directory();
  const std::string claim =
      R"({"pid":5389,"createdAt":"2026-11-20T22:57:40.000Z",)"
      R"("configPath":"/a/openclaw.json","startTime":53890})";
  host.tree.add({directory + "/gateway.d59d07cd.lock", claim});
  host.tree.add({directory + "/gateway.00000000.lock",
                 R"({"pid":5389,"configPath":"/b/openclaw.json"})"});
  host.tree.add({"a/tmp/openclaw-0/gateway.state.lock", claim});
  CHECK(holders() == "alive alive ");
  CHECK(reader.facts().singleton_locks->front().acquired_at ==
        parse_iso8601("2026-11-20T22:57:40.000Z"));

  SUBCASE("nobody has its pid") {
    host.procfs.remove("5389");
    CHECK(holders() == "dead dead ");
  }
  SUBCASE("another process has its pid") {
    host.procfs.remove("5389");
    host.procfs.add(FakeProcess{5389, 99999, "bash"});
    CHECK(holders() == "recycled recycled ");
  }
  SUBCASE("a lock that is seen for the first time proves nothing yet") {
    host.procfs.remove("5389");
    host.tree.add(
        {"a/tmp/openclaw-0/gateway.1.lock", R"({"pid":5389,"startTime":1})"});
    host.tree.remove("a/tmp/openclaw-0/gateway.state.lock");
    CHECK_FALSE(reader.wants_later_table());
    CHECK(holders() == "unknown dead ");
    CHECK(reader.wants_later_table());
    CHECK(holders() == "dead dead ");
    CHECK_FALSE(reader.wants_later_table());
  }
}

TEST_CASE("GatewayReader: why the holder of a singleton lock is unknown") {
  Host host;
  host.tree.add({"a/tmp/openclaw-0/gateway.state.lock",
                 R"({"pid":5389,"startTime":53890})"});
  auto reason = Fault::timeout;
  const auto mounts_of = [&](const std::string& type) {
    host.procfs.write("self/mountinfo", root_mount(type));
  };
  SUBCASE("no list of processes is newer than the lock") {}
  SUBCASE("not on a network file system") {
    mounts_of("nfs4");
    reason = Fault::pid_namespace;
  }
  SUBCASE("not in a container") {
    host.procfs.remove("2");
    reason = Fault::pid_namespace;
  }
  GatewayReader reader{{host.tree.path("a"), host.procfs.path()}};
  const auto started = reason == Fault::timeout
                           ? WallTime{}
                           : wall_time_now() + std::chrono::minutes{1};
  reader.round(host.inputs(started));
  CHECK(reader.wants_later_table());
  for (int i = 0; i < 2; ++i) {
    const auto problems = reader.round(host.inputs(started)).problems;
    REQUIRE(reader.facts().singleton_locks);
    CHECK(reader.facts().singleton_locks->at(0).verdict ==
          HolderVerdict{Holder::unknown, reason});
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].fault == reason);
    // It would be the same.
    CHECK_FALSE(reader.wants_later_table());
  }
}

TEST_CASE("GatewayReader: open files go before the environment") {
  Host host;
  host.add(7, 1, kTitle, host.tree.path("b"));
  host.open_file(7, host.tree.path("a/state/openclaw.sqlite-wal"));
  CHECK(host.round() == "1!");
  CHECK(host.round("b") == "0");
}

TEST_CASE("GatewayReader: two paths to one directory are one gateway") {
  Host host;
  host.tree.add(TreeEntry::symlink("link", host.tree.path("a")));
  host.add(7, 1, kTitle, host.tree.path("link"));
  CHECK(host.round() == "1!");
}

TEST_CASE("GatewayReader: one path in two containers is two gateways") {
  Host host;
  for (const auto* name : {"one", "two"}) {
    host.tree.add(TreeEntry::directory(std::string{name} + "/state"));
  }
  host.add(7, 1, kTitle, "/state", host.tree.path("one"));
  host.add(8, 1, kTitle, "/state", host.tree.path("two"));
  // In a container the first line is the mount of its root.
  for (const auto* pid : {"7", "8"})
    host.procfs.write(std::string{pid} + "/mountinfo", "");
  CHECK(host.round("one/state") == "1!");
  CHECK(host.round("two/state") == "1!");
  host.add(9, 1, kTitle, "/state", host.tree.path("two"));
  host.procfs.write("9/mountinfo", "");
  CHECK(host.round("two/state") == "2!");
}

TEST_CASE("GatewayReader: without rights the count is absent, and told") {
  Host host;
  host.add(7, 1, kTitle, host.tree.path("a"));
  host.procfs.remove("7/environ");
  host.procfs.add(TreeEntry::directory("7/environ"));
  host.procfs.remove("7/fd");
  CHECK(host.round() == "none");
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].fault == Fault::denied);
}

TEST_CASE("GatewayReader: descriptors whose links are shut are no answer") {
  Host host;
  host.add(7, 1, "openclaw", host.tree.path("a"));
  host.procfs.write("7/fd/3", "a link that cannot be read");
  CHECK(host.round() == "none");
  host.procfs.remove("7/environ");
  host.procfs.add(TreeEntry::directory("7/environ"));
  CHECK(host.round() == "none");
  host.procfs.remove("7/fd/3");
  CHECK(host.round() == "0");  // it does not serve, whatever it uses
}

TEST_CASE("GatewayReader: from a container the count is absent, and told") {
  Host host;
  host.procfs.remove("2");
  host.add(7, 1, kTitle, host.tree.path("a"));
  CHECK(host.round() == "none");
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].fault == Fault::pid_namespace);
}

TEST_CASE("GatewayReader: a zombie is no gateway") {
  Host host;
  host.add(7, 1, kTitle, host.tree.path("a"));
  FakeProcess dead{7, 70, "openclaw-gatewa", 'Z'};
  dead.threads = 1;
  host.procfs.write("7/stat", FakeProcfs::stat_text(dead));
  CHECK(host.round() == "0");
}

TEST_CASE("GatewayReader: no state directory, no table") {
  Host host;
  CHECK(host.round("missing") == "none");
  CHECK(host.problems.empty());
  GatewayReader reader{{host.tree.path("a"), host.procfs.path()}};
  CHECK(reader.round({}).problems.at(0).fault == Fault::timeout);
  CHECK_FALSE(reader.facts().instances);
}

TEST_CASE("GatewayReader: two with a TMPDIR that ends in /tmp, one robbed") {
  Host host;
  const auto lock = host.tree.path("var/tmp/openclaw-0/gateway.59e36fd4.lock");
  for (const int pid : {7, 9}) {
    host.add(pid, 1, kTitle, host.tree.path("a"));
    host.open_file(pid, lock + (pid == 7 ? " (deleted)" : ""));
  }
  host.tree.add(
      {"var/tmp/openclaw-0/gateway.59e36fd4.lock", host.claim(9, 90, "a")});
  CHECK(host.round() == "2+");
  host.procfs.remove("9");
  host.tree.remove("var/tmp/openclaw-0/gateway.59e36fd4.lock");
  CHECK(host.round() == "1!");
}

TEST_CASE("GatewayReader: pm2's title, decided by the lock") {
  Host host;
  host.add_argv(7, "node /tmp/lib/o", "node /tmp/lib/x/dist/index.js",
                host.tree.path("a"));
  CHECK(host.round() == "0");
  host.tree.add({"tmp/" + host.uid_directory() + "/gateway.d59d07cd.lock",
                 host.claim(7, 70, "a")});
  CHECK(host.round() == "1+");
}

TEST_CASE("GatewayReader: whatever its command is, the lock names it") {
  Host host;
  host.add_argv(7, "mine", std::string{"mine\0-x", 7}, "");
  host.tree.add(
      {"tmp/" + host.uid_directory() + "/gateway.d59d07cd.lock",
       R"({"pid":7,"configPath":"/a/openclaw.json","startTime":70})"});
  CHECK(host.round() == "1+");
}

TEST_CASE("GatewayReader: a holder that is not counted leaves no count") {
  Host host;
  host.add(7, 1, kTitle, host.tree.path("a"));
  host.tree.add({"tmp/" + host.uid_directory() + "/gateway.d59d07cd.lock",
                 host.claim(7, 70, "b")});
  CHECK(host.round("a") == "1!");
  CHECK(host.round("b") == "none");
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].fault == Fault::malformed);
}

TEST_CASE("GatewayReader: a lock outranks a directory that is guessed") {
  Host host;
  host.tree.add(TreeEntry::directory("home/.openclaw"));
  host.tree.add(TreeEntry::directory("volume"));
  host.add(7, 1, kTitle, "");
  const auto environment = "TMPDIR=" + host.tree.path("tmp") +
                           std::string{'\0'} + "HOME=" + host.tree.path("home");
  SUBCASE("of a default") { host.procfs.write("7/environ", environment); }
  SUBCASE("of a variable that newer versions pass over") {
    host.procfs.write("7/environ", environment + std::string{'\0'} +
                                       "CLAWDBOT_STATE_DIR=" +
                                       host.tree.path("home/.openclaw"));
  }
  CHECK(host.round("home/.openclaw") == "1!");
  host.tree.add({"tmp/" + host.uid_directory() + "/gateway.d59d07cd.lock",
                 R"({"pid":7,"configPath":"/volume/openclaw.json"})"});
  CHECK(host.round("home/.openclaw") == "0");
  CHECK(host.round("volume") == "1+");
}
