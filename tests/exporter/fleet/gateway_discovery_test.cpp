// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/gateway_discovery.h"

#include <doctest/doctest.h>

#include "tests/support/discovery_host.h"

using namespace openclaw_lock;
using namespace std::string_literals;

TEST_CASE("GatewayDiscovery: finding none is not a problem") {
  DiscoveryHost host;
  CHECK(host.round() == "");
  CHECK(host.problems.empty());
}

TEST_CASE("GatewayDiscovery: the usual places") {
  DiscoveryHost host;
  for (const auto* path :
       {"home/me/.openclaw", "home/me/.openclaw-work", "home/me/.clawdbot",
        "home/node/.openclaw", "data/.openclaw", "srv/state",
        "home/other/.openclaw", "home/me/.openclawx"})
    host.tree.add(TreeEntry::directory(path));
  host.tree.add({"home/me/.openclaw-file", "no directory"});
  host.environment.openclaw_state_dir = "/srv/state";
  CHECK(host.round() ==
        "data-openclaw=/data/.openclaw "
        "clawdbot=/home/me/.clawdbot "
        "openclaw=/home/me/.openclaw "
        "openclaw-work=/home/me/.openclaw-work "
        "node-openclaw=/home/node/.openclaw "
        "srv-state=/srv/state ");
}

TEST_CASE("GatewayDiscovery: one directory by several paths is one gateway") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  host.tree.add(TreeEntry::symlink("home/me/.clawdbot", ".openclaw"));
  host.environment.openclaw_state_dir = "/home/me/.openclaw";
  CHECK(host.round() == "openclaw=/home/me/.openclaw ");
}

TEST_CASE("GatewayDiscovery: relative paths of the environment are nothing") {
  DiscoveryHost host;
  host.environment = {"state", "home"};
  CHECK(host.round() == "");
}

TEST_CASE("GatewayDiscovery: what appears later is found, names stay") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/node/.openclaw"));
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) == "openclaw=/home/node/.openclaw ");
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  const auto both = host.round(discovery);
  CHECK(both.find("openclaw=/home/node/.openclaw ") != std::string::npos);
  CHECK(both.find("me-openclaw=/home/me/.openclaw ") != std::string::npos);
  host.tree.remove("home/node/.openclaw");  // the disk may come back
  host.now += std::chrono::hours{1};
  const auto missing =
      "me-openclaw=/home/me/.openclaw openclaw=/home/node/.openclaw! "s;
  for (int i = 0; i < 3; ++i) CHECK(host.round(discovery) == missing);
  host.now += std::chrono::hours{1};
  CHECK(host.round(discovery) == "me-openclaw=/home/me/.openclaw ");
}

TEST_CASE("GatewayDiscovery: a configuration is all there is") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  host.settings.gateways = {{"main", "/srv/a", {"/srv/sessions"}},
                            {"", "/srv/oc7/config", {}}};
  CHECK(host.round() ==
        "main=/srv/a+/srv/sessions! oc7-config=/srv/oc7/config! ");
}

TEST_CASE("GatewayDiscovery: a glob gives a gateway for each directory") {
  DiscoveryHost host;
  for (const auto* path : {"data/oc1/config", "data/oc2/config", "data/x"})
    host.tree.add(TreeEntry::directory(path));
  host.settings.gateways = {{"oc{1}", "/data/oc*/config", {"/sessions/{1}"}}};
  CHECK(host.round() ==
        "oc1=/data/oc1/config+/sessions/1 oc2=/data/oc2/config+/sessions/2 ");
}

TEST_CASE("GatewayDiscovery: names are unique, whatever the captures give") {
  DiscoveryHost host;
  for (const auto* path : {"a/one/state", "b/one/state"})
    host.tree.add(TreeEntry::directory(path));
  host.settings.gateways = {{"{2}", "/*/*/state", {}}};
  CHECK(host.round() == "one=/a/one/state one-state=/b/one/state ");
}

TEST_CASE("GatewayDiscovery: at most 1000 gateways, and told") {
  DiscoveryHost host;
  for (int i = 0; i < 1010; ++i)
    host.tree.add(TreeEntry::directory("data/oc" + std::to_string(i)));
  host.settings.gateways = {{"{1}", "/data/*", {}}};
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(discovery.round(nullptr, host.now, always_open, host.problems).size() ==
        1000);
  CHECK_FALSE(host.problems.empty());
  CHECK(host.problems[0].fault == Fault::too_big);
}

TEST_CASE("GatewayDiscovery: the state dir of a running gateway") {
  DiscoveryHost host;
  const TempTree state{TreeEntry::directory(".openclaw")};
  host.add_gateway_process(7, "HOME=" + state.root().string() + '\0');
  CHECK(host.round() == "openclaw=" + state.path(".openclaw") + ' ');
}

TEST_CASE(
    "GatewayDiscovery: a state dir that only its process sees passes "
    "with it") {
  DiscoveryHost host;
  const TempTree container{TreeEntry::directory("home/node/.openclaw")};
  host.add_gateway_process(7, "HOME=/home/node\0"s);
  host.procfs.remove("7/root");
  host.procfs.add(TreeEntry::symlink("7/root", container.root()));
  host.procfs.write("7/mountinfo", "90 1 0:50 / / rw - overlay overlay rw\n");
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) == "openclaw=" + host.procfs.path().string() +
                                     "/7/root/home/node/.openclaw? ");
  host.procfs.remove("7");
  CHECK(host.round(discovery) == "openclaw=" + host.procfs.path().string() +
                                     "/7/root/home/node/.openclaw!? ");
  CHECK(host.round(discovery) == "");
}

TEST_CASE(
    "GatewayDiscovery: processes that are not OpenClaw's, or whose "
    "environment is shut, give nothing") {
  DiscoveryHost host;
  const TempTree state{TreeEntry::directory(".openclaw")};
  const auto environment = "HOME=" + state.root().string() + '\0';
  host.procfs.add(FakeProcess{7, 5000, "node"});
  host.procfs.write("7/cmdline", "node\0/srv/app.js\0"s);
  host.procfs.write("7/environ", environment);
  host.procfs.add(FakeProcess{8, 5000, "openclaw"});
  host.procfs.write("8/cmdline", "openclaw\0"s);
  CHECK(host.round() == "");
}

TEST_CASE(
    "GatewayDiscovery: a process is looked at again when its name "
    "changes") {
  DiscoveryHost host;
  const TempTree state{TreeEntry::directory(".openclaw")};
  host.add_gateway_process(7, "HOME=" + state.root().string() + '\0');
  host.procfs.write("7/stat", FakeProcfs::stat_text({7, 5000, "node"}));
  host.procfs.write("7/comm", "node\n");
  host.procfs.write("7/cmdline", "node\0/x.js\0"s);
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) == "");
  host.procfs.write("7/stat", FakeProcfs::stat_text({7, 5000, "openclaw"}));
  host.procfs.write("7/comm", "openclaw\n");
  CHECK(host.round(discovery) == "openclaw=" + state.path(".openclaw") + ' ');
}

TEST_CASE("GatewayDiscovery: what does not answer keeps nothing else away") {
  DiscoveryHost host;
  for (const auto* path : {"home/me/.openclaw", "home/me/.openclaw-nfs",
                           "home/me/.openclaw-work", "data/.openclaw"})
    host.tree.add(TreeEntry::directory(path));
  const auto hung = [&](const std::string& path) {
    return path.find("nfs") == std::string::npos &&
           path.find("/data/") == std::string::npos;
  };
  GatewayDiscovery discovery{host.settings, host.environment};
  host.gate = hung;
  CHECK(host.round(discovery) ==
        "openclaw=/home/me/.openclaw openclaw-work=/home/me/.openclaw-work ");
  REQUIRE(host.problems.size() == 2);
  for (const auto& problem : host.problems)
    CHECK(problem.fault == Fault::timeout);
  CHECK(host.problems[0].where == host.tree.path("data/.openclaw"));
  // What is known already stays.
  host.gate = always_open;
  const auto all = host.round(discovery);
  CHECK(host.problems.empty());
  host.gate = hung;
  for (int i = 0; i < 3; ++i) CHECK(host.round(discovery) == all);
}

TEST_CASE("GatewayDiscovery: a pattern that matches nothing is told") {
  DiscoveryHost host;
  host.settings.gateways = {{"", "/srv/oc*/state", {}}};
  CHECK(host.round() == "");
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].fault == Fault::missing);
  CHECK(host.problems[0].where == "/srv/oc*/state");
}

TEST_CASE("GatewayDiscovery: a match that was removed is forgotten") {
  DiscoveryHost host;
  for (const auto* path : {"srv/oc1/config", "srv/oc2/config", "srv/named"})
    host.tree.add(TreeEntry::directory(path));
  host.settings.gateways = {{"", "/srv/oc*/config", {}},
                            {"", "/srv/named", {}}};
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) ==
        "named=/srv/named oc1-config=/srv/oc1/config "
        "oc2-config=/srv/oc2/config ");
  host.tree.remove("srv/oc1");
  host.tree.remove("srv/named");
  CHECK(host.round(discovery) ==
        "named=/srv/named! oc1-config=/srv/oc1/config! "
        "oc2-config=/srv/oc2/config ");
  for (int i = 0; i < 3; ++i)
    CHECK(host.round(discovery) ==
          "named=/srv/named! oc2-config=/srv/oc2/config ");
  host.tree.add(TreeEntry::directory("srv/oc1/config"));
  CHECK(host.round(discovery) ==
        "named=/srv/named! oc1-config=/srv/oc1/config "
        "oc2-config=/srv/oc2/config ");
}

TEST_CASE("GatewayDiscovery: one directory under two names is told") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("srv/a"));
  host.tree.add(TreeEntry::symlink("srv/link", "a"));
  std::string text;
  SUBCASE("a link") {
    host.settings.gateways = {{"one", "/srv/a", {}}, {"two", "/srv/link", {}}};
    text = R"(gateway "one" (/srv/a) and gateway "two" (/srv/link))";
  }
  SUBCASE("a pattern, and names of directories") {
    host.settings.gateways = {{"", "/srv/a", {}}, {"", "/srv/*", {}}};
    text = R"(gateway "a" (/srv/a) and gateway "link" (/srv/link))";
  }
  GatewayDiscovery discovery{host.settings, host.environment};
  for (int i = 0; i < 2; ++i) {
    CHECK(host.gateways(discovery).size() == 1);
    REQUIRE_FALSE(host.problems.empty());
    CHECK(host.problems.back().fault == Fault::malformed);
    CHECK(host.problems.back().where == "/srv/link");
    CHECK(host.problems.back().detail ==
          "one directory under two names, " + text + ": it is watched once");
  }
}

TEST_CASE("GatewayDiscovery: a path that two entries give is told") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("srv/a"));
  host.settings.gateways = {{"mine", "/srv/a", {}}, {"oc-{1}", "/srv/*", {}}};
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) == "mine=/srv/a ");
  REQUIRE(host.problems.size() == 1);
  CHECK(host.problems[0].detail ==
        R"(one directory under two names, gateway "mine" (/srv/a) and )"
        R"(gateway "oc-a" (/srv/a): it is watched once)");
}

TEST_CASE("GatewayDiscovery: a directory that was removed below a gateway") {
  DiscoveryHost host;
  TempTree state{TreeEntry::directory(".openclaw")};
  host.add_gateway_process(7, "HOME=" + state.root().string() + '\0');
  GatewayDiscovery discovery{host.settings, host.environment};
  Census census{{host.procfs.path(), host.tree.root()}};
  const auto round = [&](std::chrono::seconds at) {
    auto table = std::make_shared<ProcessTable>();
    ProcessReader{host.procfs.path()}.read(*table, {});
    census.round(std::move(table), MonotonicTime{at}, always_open);
    host.problems.clear();
    return discovery.round(census.facts().get(), host.now, always_open,
                           host.problems);
  };
  REQUIRE(round(std::chrono::hours{1}).size() == 1);
  CHECK(host.problems.empty());
  state.remove(".openclaw");
  for (int i = 1; i < 5; ++i) {
    const auto gateways =
        round(std::chrono::hours{1} + std::chrono::seconds{i});
    REQUIRE(gateways.size() == 1);
    CHECK_FALSE(gateways[0].missing);
    CHECK(gateways[0].processes.size() == 1);
    REQUIRE(host.problems.size() == 1);
    CHECK(host.problems[0] ==
          Problem{Fault::missing, state.path(".openclaw"),
                  "the state directory was removed, but a process of its "
                  "gateway still runs and uses it"});
  }
  host.procfs.remove("7");
  CHECK(round(std::chrono::hours{2}).size() == 1);
  CHECK(host.problems.empty());
  CHECK(round(std::chrono::hours{2}).empty());
}

TEST_CASE(
    "GatewayDiscovery: a directory that another links into is part of it") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  host.tree.add(TreeEntry::directory("home/me/.openclaw-data/agents"));
  host.tree.add(TreeEntry::directory("home/me/.openclaw-work/agents"));
  host.tree.add(TreeEntry::symlink("home/me/.openclaw/agents",
                                   "../.openclaw-data/agents"));
  CHECK(host.round() ==
        "openclaw=/home/me/.openclaw openclaw-work=/home/me/.openclaw-work ");
}

TEST_CASE("GatewayDiscovery: whatever that other one is called") {
  for (const auto* part : {"agents", "agents/main", "agents/main/sessions"})
    for (const bool is_absolute : {false, true})
      for (const auto* linker : {".openclaw-work", ".openclaw-a"}) {
        CAPTURE(part);
        CAPTURE(is_absolute);
        CAPTURE(linker);
        DiscoveryHost host;
        host.tree.add(TreeEntry::directory(
            "home/me/.openclaw-data/agents/main/sessions"));
        const auto link = "home/me/"s + linker + '/' + part;
        host.tree.add(TreeEntry::directory(link.substr(0, link.rfind('/'))));
        std::string up = is_absolute ? "/home/me" : "..";
        if (!is_absolute)
          for (const char byte : std::string{part})
            if (byte == '/') up += "/..";
        host.tree.add(TreeEntry::symlink(link, up + "/.openclaw-data/" + part));
        GatewayDiscovery discovery{host.settings, host.environment};
        const auto only =
            std::string{linker}.substr(1) + "=/home/me/" + linker + ' ';
        for (int i = 0; i < 3; ++i) {
          CHECK(host.round(discovery) == only);
          host.now += std::chrono::seconds{40};
        }
      }
}

TEST_CASE("GatewayDiscovery: directories that link into each other are one") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw-a/store"));
  host.tree.add(TreeEntry::directory("home/me/.openclaw-b/agents"));
  host.tree.add(TreeEntry::symlink("home/me/.openclaw-a/agents",
                                   "../.openclaw-b/agents"));
  host.tree.add(
      TreeEntry::symlink("home/me/.openclaw-b/store", "../.openclaw-a/store"));
  GatewayDiscovery discovery{host.settings, host.environment};
  for (int i = 0; i < 3; ++i) {
    CHECK(host.round(discovery) == "openclaw-b=/home/me/.openclaw-b ");
    host.now += std::chrono::seconds{40};
  }
}

TEST_CASE("GatewayDiscovery: a directory's links into itself make it no part") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw-a/store"));
  host.tree.add(TreeEntry::symlink("home/me/.openclaw-a/agents",
                                   "/home/me/.openclaw-a/store"));
  SUBCASE("by one name") {}
  SUBCASE("by two names") {
    host.tree.add(TreeEntry::symlink("home/me/.openclaw-0", ".openclaw-a"));
  }
  GatewayDiscovery discovery{host.settings, host.environment};
  for (int i = 0; i < 3; ++i) {
    CHECK(host.gateways(discovery).size() == 1);
    host.now += std::chrono::seconds{40};
  }
}

TEST_CASE("GatewayDiscovery: a directory and the link into it are both new") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw-work"));
  GatewayDiscovery discovery{host.settings, host.environment};
  const auto* only = "openclaw-work=/home/me/.openclaw-work ";
  CHECK(host.round(discovery) == only);
  host.tree.add(TreeEntry::directory("home/me/.openclaw-data/agents"));
  host.tree.add(TreeEntry::symlink("home/me/.openclaw-work/agents",
                                   "../.openclaw-data/agents"));
  CHECK(host.round(discovery) == only);
  CHECK(host.round(discovery) == only);
}

TEST_CASE("GatewayDiscovery: a link into a directory that is watched already") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw-work"));
  host.tree.add(TreeEntry::directory("home/me/.openclaw-data/agents"));
  GatewayDiscovery discovery{host.settings, host.environment};
  const auto work = "openclaw-work=/home/me/.openclaw-work "s;
  CHECK(host.round(discovery) ==
        "openclaw-data=/home/me/.openclaw-data " + work);
  host.tree.add(TreeEntry::symlink("home/me/.openclaw-work/agents",
                                   "../.openclaw-data/agents"));
  host.now += std::chrono::minutes{1};
  CHECK(host.round(discovery) ==
        "openclaw-data=/home/me/.openclaw-data! " + work);
}

TEST_CASE("GatewayDiscovery: what ran elsewhere keeps what it links into") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("srv/state"));
  host.tree.add(TreeEntry::directory("home/me/.openclaw-data/agents"));
  host.tree.add(
      TreeEntry::symlink("srv/state/agents", "/home/me/.openclaw-data/agents"));
  host.add_gateway_process(7, "OPENCLAW_STATE_DIR=/srv/state\0"s);
  host.procfs.remove("7/root");
  host.procfs.add(TreeEntry::symlink("7/root", host.tree.root()));
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) == "srv-state=/srv/state ");
  host.procfs.remove("7");
  for (int i = 0; i < 3; ++i) {
    CHECK(host.round(discovery) == "srv-state=/srv/state ");
    host.now += std::chrono::seconds{40};
  }
}

TEST_CASE("GatewayDiscovery: a backup is none, unless something runs in it") {
  DiscoveryHost host;
  const auto* path = "home/me/.openclaw-backup-2026-03-01";
  host.tree.add(TreeEntry::directory(path));
  SUBCASE("written just now") { CHECK(host.round() != ""); }
  SUBCASE("left alone") {
    host.now += std::chrono::minutes{11};
    CHECK(host.round() == "");
    host.add_gateway_process(
        7, "HOME=/home/me\0OPENCLAW_PROFILE=backup-2026-03-01\0"s);
    host.procfs.remove("7/root");
    host.procfs.add(TreeEntry::symlink("7/root", host.tree.root()));
    CHECK(host.round() ==
          "openclaw-backup-2026-03-01=/home/me/.openclaw-backup-2026-03-01 ");
  }
}

TEST_CASE("GatewayDiscovery: links of the host start at the rootfs") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("data/openclaw"));
  host.tree.add(TreeEntry::symlink("home/me/.openclaw", "/data/openclaw"));
  CHECK(host.round() == "openclaw=/data/openclaw ");
  host.settings.gateways = {{"main", "/home/me/.openclaw", {}}};
  GatewayDiscovery discovery{host.settings, host.environment};
  const auto gateways = host.gateways(discovery);
  REQUIRE(gateways.size() == 1);
  CHECK(gateways[0].state_dir == host.tree.path("data/openclaw"));
  CHECK(gateways[0].root == host.tree.root());
  CHECK(gateways[0].host_dirs ==
        std::vector<std::string>{"/data/openclaw", "/home/me/.openclaw"});
  CHECK(gateways[0].origin == GatewayOrigin::configured);
}

TEST_CASE("GatewayDiscovery: OpenClaw's own compose file") {
  DiscoveryHost host;
  const TempTree state{TreeEntry::directory(".openclaw")};
  host.procfs.add(FakeProcess{7, 5000, "MainThread"});
  host.procfs.write("7/cmdline", "node\0dist/index.js\0gateway\0run\0"s);
  host.procfs.write("7/environ", "HOME=" + state.root().string() + '\0');
  CHECK(host.round() == "openclaw=" + state.path(".openclaw") + ' ');
}

TEST_CASE("GatewayDiscovery: a new configuration keeps what stays") {
  DiscoveryHost host;
  for (const auto* path : {"srv/a/config", "srv/b/config", "srv/c/config"})
    host.tree.add(TreeEntry::directory(path));
  host.settings.gateways = {{"x{1}", "/srv/*/config", {"/extra/{1}"}},
                            {"", "/data/one", {}}};
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) ==
        "one=/data/one! xa=/srv/a/config+/extra/a xb=/srv/b/config+/extra/b "
        "xc=/srv/c/config+/extra/c ");
  // The disk of b is away: it stays known as long as its entry does.
  host.tree.remove("srv/b");
  host.settings.gateways = {{"x{1}", "/srv/*/config", {"/more/{1}"}},
                            {"two", "/data/two", {}}};
  discovery.configure(host.settings);
  CHECK(host.round(discovery) ==
        "two=/data/two! xa=/srv/a/config+/more/a xb=/srv/b/config+/more/b! "
        "xc=/srv/c/config+/more/c ");
  host.settings.gateways = {{"renamed", "/srv/a/config", {}}};
  discovery.configure(host.settings);
  CHECK(host.round(discovery) == "renamed=/srv/a/config ");
}

TEST_CASE("GatewayDiscovery: from a configuration to discovery and back") {
  DiscoveryHost host;
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  GatewayDiscovery discovery{host.settings, host.environment};
  CHECK(host.round(discovery) == "openclaw=/home/me/.openclaw ");
  host.tree.remove("home/me/.openclaw");
  discovery.configure(host.settings);  // nothing has changed
  CHECK(host.round(discovery) == "openclaw=/home/me/.openclaw! ");
  auto other = host.settings;
  other.gateways = {{"main", "/home/me/.openclaw", {}}};
  discovery.configure(other);
  CHECK(host.round(discovery) == "main=/home/me/.openclaw! ");
  host.tree.add(TreeEntry::directory("home/me/.openclaw"));
  discovery.configure(host.settings);
  CHECK(host.round(discovery) == "openclaw=/home/me/.openclaw ");
}
