// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/store_reader.h"

#include <doctest/doctest.h>

#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/readers/processes/census.h"
#include "exporter/readers/processes/process_reader.h"
#include "exporter/system/mount_view.h"
#include "tests/support/fake_procfs.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

struct stat stat_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found;
}

ino_t inode_of(const std::string& path) { return stat_of(path).st_ino; }

StoreFiles read(StoreReader& reader, const TempTree& tree,
                WallTime now = wall_time_now()) {
  const Gate gate = always_open;
  return reader.read(
      {tree.root().native(), stat_of(tree.root()), std::string{}, gate}, now);
}

std::string read(ConfigVersion& version, const TempTree& tree,
                 const std::string& state_dir = {},
                 const std::string& root = {}) {
  const Gate gate = always_open;
  return version.read({tree.root().native() + state_dir, stat_of(tree.root()),
                       root.empty() ? root : tree.root().native() + root,
                       gate});
}

StoreFiles read(const TempTree& tree) {
  StoreReader reader;
  return read(reader, tree);
}

}  // namespace

TEST_CASE("StoreReader: a fresh state directory") {
  TempTree tree;
  const auto files = read(tree);
  REQUIRE(files.state);
  REQUIRE(files.agents);
  CHECK_FALSE(files.state->present);
  CHECK_FALSE(files.agents->present);
  CHECK(judge_store(files.traces) == Store::unknown);
}

TEST_CASE("StoreReader: up to 2026.7.35") {
  TempTree tree{{"agents/main/sessions/sessions.json", "{}"}};
  const auto files = read(tree);
  CHECK_FALSE(files.agents->present);
  CHECK(judge_store(files.traces) == Store::jsonl);
}

TEST_CASE("StoreReader: from 2026.8.1 on, agents together") {
  TempTree tree{{"state/openclaw.sqlite", "12345"},
                {"state/openclaw.sqlite-wal", "123"},
                {"agents/a/agent/openclaw-agent.sqlite", "12"},
                {"agents/a/agent/openclaw-agent.sqlite-shm", ""},
                {"agents/b/agent/openclaw-agent.sqlite", "1234"},
                {"agents/b/agent/openclaw-agent.sqlite-wal", "1"},
                {"agents/c/other", ""}};
  const auto files = read(tree);
  REQUIRE(files.state);
  CHECK(files.state->main_bytes == 5);
  CHECK(files.state->wal_bytes == 3);
  CHECK(files.state->shared_memory.empty());
  REQUIRE(files.agents);
  CHECK(files.agents->main_bytes == 6);
  CHECK(files.agents->wal_bytes == 1);
  CHECK(files.agents->shared_memory.size() == 1);
}

TEST_CASE("StoreReader: what comes and goes while it knows where to look") {
  TempTree tree{{"agents/a/agent/openclaw-agent.sqlite", "12"}};
  StoreReader reader;
  const auto later = wall_time_now() + 10s;
  CHECK(read(reader, tree, later).agents->main_bytes == 2);
  tree.add({"agents/a/agent/openclaw-agent.sqlite", "1234"});
  tree.add({"agents/a/agent/openclaw-agent.sqlite-wal", "123"});
  tree.add({"state/openclaw.sqlite", "1"});
  auto files = read(reader, tree, later);
  CHECK(files.agents->main_bytes == 4);
  CHECK(files.agents->wal_bytes == 3);
  CHECK(files.state->main_bytes == 1);
  tree.add({"agents/b/agent/openclaw-agent.sqlite", "1"});
  CHECK(read(reader, tree, later).agents->main_bytes == 5);
  tree.remove("agents/a/agent/openclaw-agent.sqlite");
  CHECK(read(reader, tree, later).agents->main_bytes == 1);
}

TEST_CASE("StoreReader: a link inside an agent is followed anew in a minute") {
  TempTree tree{{"one/openclaw-agent.sqlite", "1"},
                {"two/openclaw-agent.sqlite", "12"},
                TreeEntry::symlink("agents/a/agent", "../../one")};
  StoreReader reader;
  const auto later = wall_time_now() + 10s;
  CHECK(read(reader, tree, later).agents->main_bytes == 1);
  tree.remove("agents/a/agent");
  tree.add(TreeEntry::symlink("agents/a/agent", "../../two"));
  CHECK(read(reader, tree, later + 60s).agents->main_bytes == 2);
}

TEST_CASE("ConfigVersion: read again when the file has changed") {
  TempTree tree;
  ConfigVersion version;
  CHECK(read(version, tree).empty());
  tree.add({"openclaw.json", R"({"lastTouchedVersion":"2026.5.22"})"});
  CHECK(read(version, tree) == "2026.5.22");
  CHECK(read(version, tree) == "2026.5.22");
  tree.add({"openclaw.json", R"({"meta":{"lastTouchedVersion":"2026.9.6"}})"});
  CHECK(read(version, tree) == "2026.9.6");
  tree.remove("openclaw.json");
  CHECK(read(version, tree).empty());
  tree.add(TreeEntry::fifo("openclaw.json"));
  CHECK(read(version, tree).empty());
}

TEST_CASE("ConfigVersion: a link means what it means to the gateway") {
  const char* const newer = R"({"meta":{"lastTouchedVersion":"2026.9.6"}})";
  const char* const older = R"({"meta":{"lastTouchedVersion":"2026.8.2"}})";
  TempTree host{{"etc/openclaw.json", older}};
  TempTree tree{
      {"root/etc/openclaw.json", newer},
      TreeEntry::symlink("root/state/openclaw.json", "/etc/openclaw.json")};
  ConfigVersion version;
  CHECK(read(version, tree, "/root/state", "/root") == "2026.9.6");
  tree.remove("root/state/openclaw.json");
  tree.add(TreeEntry::symlink("root/state/openclaw.json",
                              host.path("etc/openclaw.json")));
  CHECK(read(version, tree, "/root/state", "/root").empty());
  CHECK(read(version, tree, "/root/state", "") == "2026.8.2");
  tree.remove("root/state/openclaw.json");
  tree.add(TreeEntry::symlink("root/state/openclaw.json", "openclaw.json"));
  CHECK(read(version, tree, "/root/state", "/root").empty());
}

TEST_CASE("ConfigVersion: as before where the gate is shut") {
  TempTree tree{{"openclaw.json", R"({"lastTouchedVersion":"2026.5.22"})"}};
  ConfigVersion version;
  CHECK(read(version, tree) == "2026.5.22");
  const std::string root;
  const Gate shut = [](const std::string&) { return false; };
  CHECK(version.read({tree.root().native(), stat_of(tree.root()), root,
                      shut}) == "2026.5.22");
}

TEST_CASE("GatewayReader: a writer that holds a database") {
  TempTree tree{{"state/openclaw.sqlite", "12345"},
                {"state/openclaw.sqlite-shm", ""},
                {"agents/a/agent/openclaw-agent.sqlite", "12"},
                {"agents/a/agent/openclaw-agent.sqlite-shm", ""}};
  FakeProcfs procfs;
  procfs.add_kthreadd();
  // The device by mountinfo, as on btrfs.
  const auto hold = [&](int pid, int byte) {
    const auto inode =
        inode_of(tree.path("agents/a/agent/openclaw-agent.sqlite-shm"));
    const auto place = std::to_string(byte) + ' ' + std::to_string(byte);
    procfs.write("locks", "1: POSIX  ADVISORY  WRITE " + std::to_string(pid) +
                              " fe:00:" + std::to_string(inode) + ' ' + place +
                              '\n');
  };
  MonotonicTime now{100s};
  GatewayReader reader{{tree.root(), procfs.path()}, [&] { return now; }};
  const auto held = [&] {
    auto table = std::make_shared<ProcessTable>();
    ProcessReader{procfs.path()}.read(*table, {});
    Census census{{procfs.path()}};
    census.round(table, now, always_open);
    reader.round({census.facts(), [&] { return read_wal_locks(procfs.path()); },
                  read_mount_view(procfs.path(), "/").mounts});
    return reader.facts().agent_databases.value().writer_held;
  };
  CHECK_FALSE(held());  // no locks to be read
  procfs.write("locks", "");
  CHECK(held() == 0ms);
  hold(7, 120);
  CHECK(held() == 0ms);
  now += 5s;
  CHECK(held() == 5s);
  CHECK(reader.facts().state_database.value().writer_held == 0ms);
  now += 5s;
  hold(7, 124);
  CHECK(held() == 0ms);
  hold(7, 120);
  procfs.remove("2");  // the locks of other namespaces would be hidden
  CHECK_FALSE(held());
}
