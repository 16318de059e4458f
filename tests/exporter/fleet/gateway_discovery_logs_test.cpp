// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/discovery_host.h"

using namespace openclaw_lock;
using namespace std::string_literals;

namespace {

const std::string kUid = std::to_string(::getuid());
const std::string kHostPlaces =
    "HOST/tmp/openclaw/openclaw-*.log? HOST/tmp/openclaw-" + kUid +
    "/openclaw-*.log? ";

/// A host whose gateways are told with their logs.
struct LogHost : DiscoveryHost {
  /// The root of a process; where the host's own is not given, another one.
  void set_root(int pid, const std::filesystem::path& root) {
    const auto link = std::to_string(pid) + "/root";
    procfs.remove(link);
    procfs.add(TreeEntry::symlink(link, root));
  }

  std::vector<WatchedGateway> watched() {
    if (!discovery) discovery.emplace(settings, environment);
    return gateways(*discovery);
  }
  WatchedGateway only() {
    const auto all = watched();
    REQUIRE(all.size() == 1);
    return all.front();
  }

  /// Each source and a blank, a shared one with `?`; HOST stands for the
  /// rootfs, PROC for the procfs.
  std::string logs_of(const WatchedGateway& gateway) const {
    std::string text;
    for (const auto& log : gateway.logs) {
      const auto& root = tree.root().native();
      const auto& proc = procfs.path().native();
      if (log.source.starts_with(root))
        text += "HOST" + log.source.substr(root.size());
      else if (log.source.starts_with(proc))
        text += "PROC" + log.source.substr(proc.size());
      else
        text += log.source;
      text += log.shared ? "? " : " ";
    }
    return text;
  }
  std::string logs() { return logs_of(only()); }

  std::optional<GatewayDiscovery> discovery;
};

std::string process_places(int pid) {
  const auto root = "PROC/" + std::to_string(pid) + "/root/tmp/openclaw";
  return root + "/openclaw-*.log? " + root + '-' + kUid + "/openclaw-*.log? ";
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("GatewayDiscovery: configured logs lie in the rootfs") {
  LogHost host;
  host.settings.gateways = {
      {"main", "/srv/a", {}, {"/var/log/a-*.log", "-", "journald:a.service"}}};
  CHECK(host.logs() == "HOST/var/log/a-*.log - journald:a.service ");
}

TEST_CASE("GatewayDiscovery: logs of a glob's gateways, by captures") {
  LogHost host;
  for (const auto* path : {"data/oc1", "data/oc2", "data/oc3"})
    host.tree.add(TreeEntry::directory(path));
  host.settings.gateways = {
      {"oc{1}", "/data/oc*", {}, {"/var/log/{1}.log", "journald:oc-{1}"}}};
  host.settings.logs = {{"oc2", "/x"}, {"oc3", "journald:y"}, {"oc3", "/z"}};
  const auto all = host.watched();
  REQUIRE(all.size() == 3);
  CHECK(host.logs_of(all[0]) == "HOST/var/log/1.log journald:oc-1 ");
  CHECK(host.logs_of(all[1]) == "HOST/x ");
  CHECK(host.logs_of(all[2]) == "journald:y HOST/z ");
}

TEST_CASE("GatewayDiscovery: a log that a directory's name makes impossible") {
  LogHost host;
  host.tree.add(TreeEntry::directory("data/a..b"));
  host.settings.gateways = {
      {"", "/data/a*b", {}, {"/var/{1}/x.log", "journald:a b{1}", "/y"}}};
  CHECK(host.logs() == "HOST/y ");
  REQUIRE(host.problems.size() == 2);
  CHECK(host.problems[0].fault == Fault::malformed);
  CHECK(host.problems[0].where == "/var/{1}/x.log");
}

TEST_CASE("GatewayDiscovery: without any the usual places, shared") {
  LogHost host;
  host.settings.gateways = {{"main", "/srv/a", {}}};
  CHECK(host.logs() == "HOST/tmp/openclaw/openclaw-*.log? ");
  host.tree.add(TreeEntry::directory("srv/a"));
  CHECK(host.logs() == kHostPlaces);
  CHECK(host.only().owner == ::getuid());
}

TEST_CASE("GatewayDiscovery: flags for discovered gateways") {
  LogHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  host.tree.add(TreeEntry::directory("home/me/.openclaw-work"));
  SUBCASE("without a name: of each, shared") {
    host.settings.logs = {{"", "/x"}, {"", "-"}, {"openclaw-work", "/y"}};
    const auto all = host.watched();
    REQUIRE(all.size() == 2);
    CHECK(host.logs_of(all[0]) == "HOST/x? -? ");
    CHECK(host.logs_of(all[1]) == "HOST/x? -? HOST/y ");
  }
  SUBCASE("with a name: of that one alone") {
    host.settings.logs = {{"openclaw-work", "/y"}};
    const auto all = host.watched();
    REQUIRE(all.size() == 2);
    CHECK(host.logs_of(all[0]) == kHostPlaces);
    CHECK(host.logs_of(all[1]) == "HOST/y ");
  }
}

TEST_CASE("GatewayDiscovery: a process in the host's root adds no place") {
  LogHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  host.tree.add(TreeEntry::directory("tmp"));
  host.add_gateway_process(7, "HOME=/home/me\0"s);
  host.set_root(7, host.tree.root());
  CHECK(host.logs() == kHostPlaces);  // known by the parent
  host.tree.add(TreeEntry::directory("tmp/openclaw"));
  CHECK(host.logs() == kHostPlaces);  // known by itself
}

TEST_CASE("GatewayDiscovery: PrivateTmp, as long as the process lives") {
  LogHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  host.tree.add(TreeEntry::directory("tmp/openclaw"));
  CHECK(host.logs() == kHostPlaces);
  const TempTree root{TreeEntry::directory("tmp/openclaw"),
                      TreeEntry::symlink("home", host.tree.path("home"))};
  host.add_gateway_process(7, "HOME=/home/me\0"s);
  host.set_root(7, root.root());
  CHECK(host.logs() == kHostPlaces + process_places(7));
  host.procfs.remove("7");
  CHECK(host.logs() == kHostPlaces);
}

TEST_CASE("GatewayDiscovery: two processes in one root are one place") {
  LogHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  const TempTree root{TreeEntry::directory("tmp/openclaw"),
                      TreeEntry::symlink("home", host.tree.path("home"))};
  for (const int pid : {9, 7}) {
    host.add_gateway_process(pid, "HOME=/home/me\0"s);
    host.set_root(pid, root.root());
  }
  CHECK(host.logs() == kHostPlaces + process_places(7));
  host.procfs.remove("7");
  CHECK(host.logs() == kHostPlaces + process_places(9));
}

TEST_CASE("GatewayDiscovery: a container's gateway logs in its own root") {
  LogHost host;
  host.tree.add(TreeEntry::directory("data/oc1/config"));
  host.settings.gateways = {{"oc{1}", "/data/oc*/config", {}}};
  const TempTree root{TreeEntry::directory("tmp"),
                      TreeEntry::symlink("home/node/.openclaw",
                                         host.tree.path("data/oc1/config"))};
  CHECK(host.logs() == kHostPlaces);
  host.add_gateway_process(7, "HOME=/home/node\0"s);
  host.set_root(7, root.root());
  CHECK(host.logs() == process_places(7));
  CHECK(host.only().host_dirs == Strings{"/data/oc1/config"});
  CHECK(host.only().own_dirs == Strings{"/data/oc1/config",
                                        "/home/node/.openclaw",
                                        host.tree.path("data/oc1/config")});
  host.procfs.remove("7");
  CHECK(host.logs() == "");  // until it has started again
}

TEST_CASE("GatewayDiscovery: a state dir that only a container sees") {
  LogHost host;
  const TempTree container{TreeEntry::directory("home/node/.openclaw"),
                           TreeEntry::directory("tmp/openclaw")};
  for (const int pid : {7, 8}) {
    host.add_gateway_process(pid, "HOME=/home/node\0"s);
    host.set_root(pid, container.root());
    host.procfs.write(std::to_string(pid) + "/mountinfo",
                      "90 1 0:50 / / rw - overlay overlay rw\n");
  }
  CHECK(host.only().passing);
  CHECK(host.logs() == process_places(7));
  CHECK(host.only().own_dirs.front() == "/home/node/.openclaw");
  CHECK(host.only().host_dirs.empty());
  host.procfs.remove("7");  // a command that ended
  CHECK(host.logs() == process_places(8));
}

TEST_CASE("GatewayDiscovery: a state dir made after the process began") {
  LogHost host;
  const TempTree root{TreeEntry::directory("tmp"),
                      TreeEntry::symlink("home", host.tree.path("home"))};
  host.add_gateway_process(7, "HOME=/home/me\0"s);
  host.set_root(7, root.root());
  CHECK(host.watched().empty());
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  CHECK(host.logs() == kHostPlaces + process_places(7));
}

TEST_CASE("GatewayDiscovery: own directories, with and without links") {
  LogHost host;
  for (const auto* path : {"disk/state", "disk/sessions/a", "disk/sessions/b"})
    host.tree.add(TreeEntry::directory(path));
  host.tree.add(TreeEntry::symlink("srv", "disk"));
  host.settings.gateways = {
      {"", "/srv/state", {"/srv/sessions/*", "/srv/none"}}};
  CHECK(host.only().host_dirs == Strings{"/disk/state", "/srv/state"});
  CHECK(host.only().own_dirs == Strings{"/disk/sessions/a", "/disk/sessions/b",
                                        "/disk/state", "/srv/none",
                                        "/srv/sessions/a", "/srv/sessions/b",
                                        "/srv/state"});
}

TEST_CASE("GatewayDiscovery: a configured directory that may hang") {
  LogHost host;
  host.tree.add(TreeEntry::directory("srv/a"));
  host.gate = [](const std::string& path) {
    return path.find("/srv/") == std::string::npos;
  };
  host.settings.gateways = {{"main", "/srv/a", {"/srv/b*"}}};
  CHECK_FALSE(host.only().owner);
  CHECK(host.only().own_dirs == Strings{"/srv/a"});
  CHECK(host.logs() == "HOST/tmp/openclaw/openclaw-*.log? ");
}

TEST_CASE("GatewayDiscovery: what the gateway's own configuration names") {
  LogHost host;
  host.tree.add({"home/me/.openclaw/openclaw.json",
                 "{logging: {file: '~/logs/oc.log'},"
                 " session: {store: '~/store/{agentId}/sessions.json'}}"});
  host.tree.add(TreeEntry::directory("home/me/store/main"));
  const auto gateway = host.only();
  CHECK(host.logs_of(gateway) == kHostPlaces + "HOST/home/me/logs/oc.log? ");
  CHECK(gateway.logs.back().named);
  REQUIRE(gateway.named_dirs);
  CHECK(gateway.named_dirs->pattern == host.tree.path("home/me/store/*"));
  CHECK(gateway.named_dirs->owner == ::getuid());
  CHECK(gateway.own_dirs ==
        Strings{"/home/me/.openclaw", "/home/me/store/main"});
  CHECK(host.problems.empty());
}

TEST_CASE("GatewayDiscovery: configured logs replace those it names") {
  LogHost host;
  host.tree.add({"srv/a/openclaw.json", "{logging: {file: '/oc.log'}}"});
  host.settings.gateways = {{"main", "/srv/a", {}, {"/var/log/a.log"}}};
  CHECK(host.logs() == "HOST/var/log/a.log ");
}

TEST_CASE("GatewayDiscovery: where sessions lie by default is not named") {
  for (const std::string store :
       {"~/.openclaw/agents/{agentId}/sessions/sessions.json",
        "/home/me/.openclaw/agents/main/sessions/sessions.json"}) {
    CAPTURE(store);
    LogHost host;
    host.tree.add({"home/me/.openclaw/openclaw.json",
                   "{session: {store: '" + store + "'}}"});
    CHECK_FALSE(host.only().named_dirs);
    CHECK(host.problems.empty());
  }
}

TEST_CASE("GatewayDiscovery: a name that changes each day") {
  LogHost host;
  host.tree.add({"home/me/.openclaw/openclaw.json",
                 "{logging: {file: '/l/openclaw-2026-04-24.log'}}"});
  CHECK(host.logs() == kHostPlaces +
                           "HOST/l/openclaw-????"
                           "-??"
                           "-??.log? ");
}

TEST_CASE("GatewayDiscovery: what a configuration may not name") {
  LogHost host;
  const auto problem_of = [&](const std::string& config) {
    host.tree.add({"home/me/.openclaw/openclaw.json", config});
    host.discovery.reset();
    const auto gateway = host.only();
    CHECK_FALSE(gateway.named_dirs);
    CHECK(host.logs_of(gateway) == kHostPlaces);
    REQUIRE(host.problems.size() == 1);
    return to_string(host.problems[0].fault) + ": "s + host.problems[0].detail;
  };
  CHECK(problem_of("{logging: {file: "
                   "'~/.openclaw/agents/main/sessions/x.jsonl'}}") ==
        "denied: logging.file lies among sessions or databases");
  CHECK(problem_of("{logging: {file: '/x/openclaw.sqlite-wal'}}") ==
        "denied: logging.file is named like a database");
  CHECK(problem_of("{logging: {file: '/x/../proc/self/pagemap'}}") ==
        "denied: lies in a file system of the kernel");
  CHECK(problem_of("{session: {store: '/proc/{agentId}/fd/s.json'}}") ==
        "denied: lies in a file system of the kernel");
  CHECK(problem_of("{logging: {file: ''") ==
        "malformed: line 1: expected a comma or }");
  host.tree.add(TreeEntry::directory("home/me/.openclaw-other/agents"));
  host.tree.add({"home/me/.openclaw/openclaw.json",
                 "{session: {store: '~/.openclaw-other/agents/x/s.json'}}"});
  host.discovery.reset();
  const auto all = host.watched();
  REQUIRE(all.size() == 2);
  CHECK_FALSE(all[0].named_dirs);
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].detail ==
        "session.store lies in the directory of another gateway");
}

TEST_CASE("GatewayDiscovery: a container's configuration, in its own root") {
  LogHost host;
  const std::string root = "run/1/root";
  host.tree.add({root + "/home/node/.openclaw/openclaw.json",
                 "{logging: {file: '~/.openclaw/logs/oc.log'},"
                 " session: {store: '/data/{agentId}/sessions.json'}}"});
  host.tree.add(TreeEntry::directory(root + "/data/main"));
  host.settings.gateways = {{"main", "/" + root + "/home/node/.openclaw", {}}};
  host.add_gateway_process(7, "HOME=/home/node\0"s);
  host.set_root(7, host.tree.path(root));
  const auto log = "HOST/" + root + "/home/node/.openclaw/logs/oc.log? ";
  auto gateway = host.only();
  CHECK(host.logs_of(gateway) == process_places(7) + log);
  REQUIRE(gateway.named_dirs);
  CHECK(gateway.named_dirs->pattern == host.procfs.path() / "7/root/data/*");
  CHECK(gateway.own_dirs.front() == "/data/main");
  // What lies in the state directory stays when it has ended.
  host.procfs.remove("7");
  gateway = host.only();
  CHECK(host.logs_of(gateway) == log);
  CHECK_FALSE(gateway.named_dirs);
}

TEST_CASE("GatewayDiscovery: a container's links lead nowhere else") {
  LogHost host;
  const std::string root = "run/1/root";
  host.tree.add(TreeEntry::directory("secret/main"));
  host.tree.add(TreeEntry::directory(root + "/home/node/.openclaw"));
  host.tree.add(TreeEntry::symlink(root + "/home/node/.openclaw/link",
                                   host.tree.path("secret")));
  host.tree.add({root + "/home/node/.openclaw/openclaw.json",
                 "{logging: {file: '~/.openclaw/link/oc.log'},"
                 " session: {store: '~/.openclaw/link/{agentId}/s.json'}}"});
  host.settings.gateways = {{"main", "/" + root + "/home/node/.openclaw", {}}};
  host.add_gateway_process(7, "HOME=/home/node\0"s);
  host.set_root(7, host.tree.path(root));
  const auto gateway = host.only();
  const auto inside = "PROC/7/root" + host.tree.path("secret") + "/oc.log? ";
  CHECK(host.logs_of(gateway) == process_places(7) + inside);
  REQUIRE(gateway.named_dirs);
  CHECK(gateway.named_dirs->pattern.starts_with(host.procfs.path().native()));
}

TEST_CASE("GatewayDiscovery: one in other mounts names what it sees there") {
  LogHost host;
  const std::string root = "run/1/root";
  for (const auto& top : {std::string{}, root + '/'})
    host.tree.add(TreeEntry::directory(top + "tmp"));
  host.tree.add({root + "/home/me/.openclaw/openclaw.json",
                 "{logging: {file: '/var/log/oc.log'},"
                 " session: {store: '/tmp/s/{agentId}/s.json'}}"});
  host.tree.add(TreeEntry::directory("var/log"));
  host.tree.add(
      TreeEntry::directory(root + "/tmp/s/main"));  // as with PrivateTmp
  host.tree.add(TreeEntry::directory("tmp/s/main"));
  host.settings.gateways = {{"main", "/" + root + "/home/me/.openclaw", {}}};
  host.add_gateway_process(7, "HOME=/home/me\0"s);
  host.set_root(7, host.tree.path(root));
  const auto gateway = host.only();
  REQUIRE(gateway.named_dirs);
  CHECK(gateway.named_dirs->pattern == host.procfs.path() / "7/root/tmp/s/*");
  CHECK(host.logs_of(gateway).ends_with("PROC/7/root/var/log/oc.log? "));
}

TEST_CASE("GatewayDiscovery: what was named stays when the gateway has ended") {
  LogHost host;
  host.tree.add({"home/me/.openclaw/openclaw.json",
                 "{logging: {file: '${LOGS}/oc.log'}}"});
  for (const auto* path : {"l", "tmp"})
    host.tree.add(TreeEntry::directory(path));
  host.add_gateway_process(7, "HOME=/home/me\0LOGS=/l\0"s);
  host.set_root(7, host.tree.root());
  CHECK(host.logs() == kHostPlaces + "HOST/l/oc.log? ");
  host.procfs.remove("7");
  CHECK(host.logs() == kHostPlaces + "HOST/l/oc.log? ");
  CHECK(host.problems.empty());
  host.discovery.reset();
  CHECK(host.logs() == kHostPlaces);
  CHECK(host.problems.empty());
}
