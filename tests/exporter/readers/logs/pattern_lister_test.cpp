// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/pattern_lister.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <future>
#include <set>
#include <string>
#include <thread>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A lister of a directory tree, and a clock.
struct Lister {
  explicit Lister(const std::string& pattern) : lister{tree.path(pattern)} {}

  /// Paths below the tree's root, a look later.
  std::string look(std::chrono::milliseconds later = 5s,
                   const std::vector<std::string>& host_dirs = {}) {
    now += later;
    found = lister.list(now, {}, host_dirs, [this](const std::string& path) {
      asked.insert(below(path));
      return !closed.contains(path);
    });
    std::string text;
    for (const auto& file : found.files) text += below(file.path) + ' ';
    return text;
  }
  std::string below(const fs::path& path) const {
    return path.lexically_relative(tree.root()).string();
  }
  std::uint64_t listings() {
    return lister.listings() - std::exchange(seen_, lister.listings());
  }

  TempTree tree;
  PatternLister lister;
  MonotonicTime now{1h};
  std::set<std::string> closed;
  std::set<std::string> asked;
  FoundLogs found;

 private:
  std::uint64_t seen_ = 0;
};

std::string config(const std::string& source) {
  return R"({"ID":"1","MountPoints":{"/x":{"Source":")" + source + "\"}}}";
}

}  // namespace

TEST_CASE("PatternLister: an unchanged directory is not listed again") {
  Lister logs{"logs/*.log"};
  logs.tree.add({"logs/a.log", "x"});
  CHECK(logs.look() == "logs/a.log ");
  CHECK(logs.listings() == 1);
  // Its stamps could hide a change that came right after.
  CHECK(logs.look(1s) == "logs/a.log ");
  CHECK(logs.listings() == 1);
  CHECK(logs.look(1s) == "logs/a.log ");
  CHECK(logs.listings() == 1);
  for (int i = 0; i < 11; ++i) CHECK(logs.look() == "logs/a.log ");
  CHECK(logs.listings() == 0);
  // There are file systems without stamps.
  CHECK(logs.look() == "logs/a.log ");
  CHECK(logs.listings() == 1);
}

TEST_CASE("PatternLister: sees what a file has become without listing") {
  Lister logs{"logs/*.log"};
  logs.tree.add({"logs/a.log", "x"});
  logs.look();
  logs.look();
  logs.listings();
  logs.tree.add({"logs/a.log", "xyz"});
  logs.look();
  CHECK(logs.found.files.at(0).size == 3);
  CHECK(logs.listings() == 0);
}

TEST_CASE("PatternLister: what comes and goes shows at once") {
  Lister logs{"logs/*.log"};
  CHECK(logs.look() == "");
  CHECK(logs.found.unseen.empty());
  logs.tree.add({"logs/a.log", "x"});
  for (const auto later : {0ms, 1ms, 5000ms, 5000ms})
    CHECK(logs.look(later) == "logs/a.log ");
  logs.tree.add({"logs/b.log", "x"});
  CHECK(logs.look() == "logs/a.log logs/b.log ");
  logs.tree.add({"logs/c.log", "x"});
  CHECK(logs.look(0ms) == "logs/a.log logs/b.log logs/c.log ");
  logs.tree.remove("logs/a.log");
  CHECK(logs.look() == "logs/b.log logs/c.log ");
  logs.tree.remove("logs");
  CHECK(logs.look() == "");
  logs.tree.add({"logs/d.log", "x"});
  CHECK(logs.look() == "logs/d.log ");
}

TEST_CASE("PatternLister: a directory that another takes the name of") {
  Lister logs{"logs/*.log"};
  logs.tree.add({"logs/a.log", "x"});
  logs.tree.add({"new/b.log", "x"});
  for (int i = 0; i < 3; ++i) CHECK(logs.look() == "logs/a.log ");
  fs::rename(logs.tree.path("logs"), logs.tree.path("old"));
  fs::rename(logs.tree.path("new"), logs.tree.path("logs"));
  CHECK(logs.look() == "logs/b.log ");
}

TEST_CASE("PatternLister: each level of a glob is listed when it changes") {
  Lister logs{"*/logs/*.log"};
  logs.tree.add({"a/logs/1.log", "x"});
  logs.tree.add({"b/logs/2.log", "x"});
  logs.tree.add({"c/other/3.log", "x"});
  for (int i = 0; i < 2; ++i)
    CHECK(logs.look() == "a/logs/1.log b/logs/2.log ");
  logs.listings();
  CHECK(logs.look() == "a/logs/1.log b/logs/2.log ");
  CHECK(logs.listings() == 0);
  logs.tree.add({"c/logs/3.log", "x"});
  logs.tree.add({"d/logs/4.log", "x"});
  CHECK(logs.look() == "a/logs/1.log b/logs/2.log c/logs/3.log d/logs/4.log ");
  CHECK(logs.listings() == 3);
  logs.tree.remove("b");
  CHECK(logs.look() == "a/logs/1.log c/logs/3.log d/logs/4.log ");
}

TEST_CASE("PatternLister: a recent look serves others") {
  Lister logs{"logs/*.log"};
  logs.tree.add({"logs/a.log", "x"});
  const auto list = [&](std::chrono::milliseconds later) {
    logs.now += later;
    return logs.lister.list(logs.now, 500ms, {}, always_open).files.size();
  };
  CHECK(list(0ms) == 1);
  logs.tree.add({"logs/b.log", "x"});
  CHECK(list(499ms) == 1);
  CHECK(list(1ms) == 2);
}

TEST_CASE("PatternLister: containers are told apart by what they mount") {
  Lister logs{"docker/*/*-json.log"};
  logs.tree.add({"docker/c1/1-json.log", "x"});
  logs.tree.add({"docker/c1/1-json.log.1", "x"});
  logs.tree.add({"docker/c1/config.v2.json", config("/data/oc1")});
  logs.tree.add({"docker/c2/2-json.log", "x"});
  logs.tree.add({"docker/c2/config.v2.json", config("/data//oc2/")});
  logs.tree.add({"docker/c3/3-json.log", "x"});
  logs.tree.add({"docker/c4/4-json.log", "x"});
  logs.tree.add({"docker/c4/config.v2.json", config("/")});
  CHECK(logs.look(5s, {"/data/oc1/state"}) ==
        "docker/c1/1-json.log docker/c1/1-json.log.1 docker/c3/3-json.log ");
  CHECK(logs.found.files.at(0).is_container);
  CHECK_FALSE(logs.found.files.at(2).is_container);
  CHECK(logs.look(5s, {"/x", "/data/oc2"}) ==
        "docker/c2/2-json.log docker/c3/3-json.log ");
  CHECK(logs.look(5s, {"/data/oc"}) == "docker/c3/3-json.log ");
  CHECK(logs.look(5s) ==
        "docker/c1/1-json.log docker/c1/1-json.log.1 docker/c2/2-json.log "
        "docker/c3/3-json.log docker/c4/4-json.log ");
  CHECK(logs.found.other.empty());
  // It says later what it mounts.
  logs.tree.add({"docker/c3/config.v2.json", config("/data/oc3")});
  CHECK(logs.look(5s, {"/data/oc1"}) ==
        "docker/c1/1-json.log docker/c1/1-json.log.1 ");
}

TEST_CASE("PatternLister: a directory that the gate closes is not touched") {
  Lister logs{"*/*.log"};
  logs.tree.add({"a/1.log", "x"});
  logs.tree.add({"b/2.log", "x"});
  CHECK(logs.look() == "a/1.log b/2.log ");
  CHECK(logs.asked.contains("a"));
  logs.closed.insert(logs.tree.path("a"));
  for (int i = 0; i < 3; ++i) {
    CHECK(logs.look() == "b/2.log ");
    REQUIRE(logs.found.unseen.size() == 1);
    CHECK(logs.found.unseen[0].fault == Fault::timeout);
    CHECK(logs.found.unseen[0].where == logs.tree.path("a"));
  }
  logs.closed.clear();
  CHECK(logs.look() == "a/1.log b/2.log ");
  CHECK(logs.found.unseen.empty());
}

TEST_CASE("PatternLister: the gate is asked for where links lead") {
  Lister logs{"logs/*.log"};
  logs.tree.add({"far/1.log", "x"});
  logs.tree.add({"far/logs/2.log", "x"});
  fs::create_directory_symlink("far/logs", logs.tree.root() / "logs");
  fs::create_symlink("../1.log", logs.tree.root() / "far/logs/l.log");
  logs.look();
  logs.asked.clear();
  CHECK(logs.look() == "logs/2.log logs/l.log ");
  CHECK(logs.asked.contains("far/logs"));
  CHECK(logs.asked.contains("logs/../1.log"));
}

TEST_CASE("PatternLister: while one hangs in it others are told so") {
  Lister logs{"logs/*.log"};
  logs.tree.add({"logs/a.log", "x"});
  std::promise<void> entered;
  std::promise<void> go_on;
  std::thread hung{[&] {
    logs.lister.list(logs.now, {}, {}, [&](const std::string&) {
      entered.set_value();
      go_on.get_future().wait();
      return true;
    });
  }};
  entered.get_future().wait();
  for (int i = 0; i < 2; ++i) {
    const auto found = logs.lister.list(logs.now, {}, {}, always_open);
    CHECK(found.files.empty());
    REQUIRE(found.unseen.size() == 1);
    CHECK(found.unseen[0].fault == Fault::timeout);
    CHECK(found.unseen[0].where == logs.tree.path("logs/*.log"));
  }
  go_on.set_value();
  hung.join();
  CHECK(logs.look() == "logs/a.log ");
}

TEST_CASE("PatternListers: one lister a pattern, while somebody holds it") {
  PatternListers listers;
  auto first = listers.of("/a/*.log");
  CHECK(listers.of("/a/*.log") == first);
  CHECK(listers.of("/b/*.log") != first);
  const std::weak_ptr<PatternLister> gone = first;
  first.reset();
  CHECK(gone.expired());
  for (int i = 0; i < 200; ++i)
    CHECK(listers.of('/' + std::to_string(i)).use_count() == 1);
}

TEST_CASE("PatternLister: links mean what they mean in the pattern's root") {
  TempTree tree;
  tree.add({"root/data/logs/openclaw-1.log", "a"});
  tree.add(TreeEntry::symlink("root/tmp/openclaw", "/data/logs"));
  tree.add({"outside/openclaw-2.log", "of the host"});
  tree.add(TreeEntry::symlink("root/data/logs/openclaw-2.log",
                              tree.path("outside/openclaw-2.log")));
  tree.add(TreeEntry::symlink("root/data/logs/openclaw-3.log",
                              "../../../../../../../../data/other.log"));
  tree.add({"root/data/other.log", "c"});
  PatternLister lister{
      tree.path("root/tmp/openclaw/openclaw-*.log"), {}, tree.path("root")};
  const auto found = lister.list(MonotonicTime{1h}, {}, {}, always_open);
  CHECK(found.unseen.empty());
  REQUIRE(found.files.size() == 2);
  CHECK(found.files[0].path == tree.path("root/tmp/openclaw/openclaw-1.log"));
  CHECK(found.files[0].place() == tree.path("root/data/logs/openclaw-1.log"));
  CHECK(found.files[1].path == tree.path("root/tmp/openclaw/openclaw-3.log"));
  CHECK(found.files[1].place() == tree.path("root/data/other.log"));
}

TEST_CASE("PatternLister: asks the gate where a link in its root leads") {
  TempTree tree;
  tree.add({"root/data/logs/openclaw-1.log", "a"});
  tree.add(TreeEntry::symlink("root/tmp/openclaw", "/data/logs"));
  PatternLister lister{
      tree.path("root/tmp/openclaw/openclaw-*.log"), {}, tree.path("root")};
  const auto shut = tree.path("root/data");
  const auto found = lister.list(
      MonotonicTime{1h}, {}, {},
      [&](const std::string& path) { return !path.starts_with(shut); });
  CHECK(found.files.empty());
  REQUIRE(found.unseen.size() == 1);
  CHECK(found.unseen[0].fault == Fault::timeout);
}

TEST_CASE("PatternListers: a pattern below a process's root means that root") {
  TempTree tree;
  tree.add({"proc/7/root/data/logs/openclaw-1.log", "a"});
  tree.add(TreeEntry::symlink("proc/7/root/tmp/openclaw", "/data/logs"));
  tree.add({"host/data/logs/openclaw-1.log", "a"});
  tree.add(TreeEntry::symlink("host/tmp/openclaw", "/data/logs"));
  PatternListers listers{{}, tree.path("host"), tree.path("proc")};
  for (const std::string root : {"proc/7/root", "host"}) {
    CAPTURE(root);
    const auto lister =
        listers.of(tree.path(root + "/tmp/openclaw/openclaw-*.log"));
    const auto found = lister->list(MonotonicTime{1h}, {}, {}, always_open);
    REQUIRE(found.files.size() == 1);
    CHECK(found.files[0].place() ==
          tree.path(root + "/data/logs/openclaw-1.log"));
  }
}
