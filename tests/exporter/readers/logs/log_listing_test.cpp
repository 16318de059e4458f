// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_listing.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "exporter/system/clock.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
namespace fs = std::filesystem;

namespace {

using Unseen = std::vector<std::set<std::string>>;

struct Logs {
  LogListing list(const std::vector<std::string>& patterns,
                  std::optional<uid_t> owner = {}, bool shared = false,
                  std::size_t max_files = 256) {
    std::vector<FollowedSource> sources;
    for (const auto& pattern : patterns)
      sources.push_back({tree.path(pattern), shared});
    PatternListers listers;
    auto listing = LogSources{std::move(sources), owner, {}, listers}.list(
        monotonic_now(), {}, max_files, always_open);
    problems = listing.problems;
    return listing;
  }

  /// Paths below the tree's root; `~` marks rotated ones.
  std::string names(const LogListing& listing) const {
    std::string text;
    for (const auto& file : listing.files)
      text += (file.is_rotated ? "~" : "") +
              fs::relative(file.path, tree.root()).string() + ' ';
    return text;
  }
  std::string names(const std::string& pattern) {
    return names(list({pattern}));
  }

  TempTree tree;
  std::vector<Problem> problems;
};

}  // namespace

TEST_CASE("LogSources: what a glob matches, and its rotated pieces last") {
  Logs logs;
  for (const char* name :
       {"openclaw-2026-11-20.log", "openclaw-2026-11-21.log",
        "openclaw-2026-11-20.1.log", "openclaw-2026-11-20.log.1",
        "openclaw-2026-11-20.log-20261121", "openclaw-2026-11-20.log.2.gz",
        "openclaw-2026-11-20.log.zst", "other.log", ".openclaw-1.log",
        "openclaw-2026-11-20.log.bak"})
    logs.tree.add({std::string{"tmp/"} + name, "x"});
  CHECK(logs.names("tmp/openclaw-*.log") ==
        "tmp/openclaw-2026-11-20.log tmp/openclaw-2026-11-21.log "
        "~tmp/openclaw-2026-11-20.1.log ~tmp/openclaw-2026-11-20.log-20261121 "
        "~tmp/openclaw-2026-11-20.log.1 ");
  CHECK(logs.problems.empty());
}

TEST_CASE("LogSources: a path names one log and its rotated pieces") {
  Logs logs;
  for (const char* name : {"a.log", "a.log.1", "a.1.log", "a.log.gz", "ab.log"})
    logs.tree.add({std::string{"tmp/"} + name, "xyz"});
  const auto listing = logs.list({"tmp/a.log"});
  CHECK(logs.names(listing) == "tmp/a.log ~tmp/a.1.log ~tmp/a.log.1 ");
  CHECK(listing.unseen == Unseen{{}});
  CHECK(listing.files[0].size == 3);
  struct stat found {};
  REQUIRE(::stat(logs.tree.path("tmp/a.log").c_str(), &found) == 0);
  CHECK(listing.files[0].id == LogFileId{found.st_dev, found.st_ino});
}

TEST_CASE("LogSources: directories may be globs, too") {
  Logs logs;
  logs.tree.add({"docker/c1/c1-json.log", "x"});
  logs.tree.add({"docker/c2/c2-json.log", "x"});
  logs.tree.add({"docker/c2/c2-json.log.1", "x"});
  logs.tree.add({"docker/file", "x"});
  CHECK(logs.names("docker/*/*-json.log") ==
        "docker/c1/c1-json.log docker/c2/c2-json.log "
        "~docker/c2/c2-json.log.1 ");
}

TEST_CASE("LogSources: one file is listed once, by the first that finds it") {
  Logs logs;
  logs.tree.add({"real/a.log", "x"});
  logs.tree.add(TreeEntry::symlink("tmp/b.log", "../real/a.log"));
  logs.tree.add(TreeEntry::symlink("tmp/dangling.log", "nowhere"));
  fs::create_hard_link(logs.tree.path("real/a.log"),
                       logs.tree.path("tmp/c.log"));
  const auto listing = logs.list({"real/*.log", "tmp/*.log", "real/a.log"});
  CHECK(logs.names(listing) == "real/a.log ");
  CHECK(listing.files[0].source == 0);
  CHECK(listing.unseen == Unseen{{}, {}, {}});
  CHECK(logs.problems.empty());
}

TEST_CASE("LogSources: only regular files are logs") {
  Logs logs;
  logs.tree.add(TreeEntry::directory("tmp/a.log"));
  logs.tree.add(TreeEntry::fifo("tmp/b.log"));
  CHECK(logs.names("tmp/*.log").empty());
  CHECK(logs.problems.empty());
  for (const std::string named : {"tmp/a.log", "tmp/b.log"}) {
    const auto listing = logs.list({named});
    CHECK(listing.files.empty());
    CHECK(listing.unseen == Unseen{{logs.tree.path(named)}});
    REQUIRE(logs.problems.size() == 1);
    CHECK(logs.problems[0].fault == Fault::malformed);
    CHECK(logs.problems[0].where == logs.tree.path(named));
  }
}

TEST_CASE("LogSources: what is not there is no problem") {
  Logs logs;
  logs.tree.add(TreeEntry::directory("tmp"));
  const auto listing =
      logs.list({"tmp/a.log", "none/a.log", "none/*.log", "none/*/x.log"});
  CHECK(listing.files.empty());
  CHECK(listing.unseen == Unseen{{}, {}, {}, {}});
  CHECK(logs.problems.empty());
}

TEST_CASE("LogSources: a directory that cannot be listed is told") {
  if (::getuid() == 0) return;
  Logs logs;
  logs.tree.add({"tmp/a.log", "x"});
  ::chmod(logs.tree.path("tmp").c_str(), 0100);
  const auto glob = logs.list({"tmp/*.log"});
  CHECK(glob.unseen == Unseen{{logs.tree.path("tmp")}});
  REQUIRE(logs.problems.size() == 1);
  CHECK(logs.problems[0].fault == Fault::denied);
  // A name can be opened all the same.
  CHECK(logs.names("tmp/a.log") == "tmp/a.log ");
  ::chmod(logs.tree.path("tmp").c_str(), 0700);
}

TEST_CASE("LogSources: a shared source gives only the owner's files") {
  Logs logs;
  logs.tree.add({"tmp/a.log", "x"});
  const auto us = ::getuid();
  CHECK(logs.list({"tmp/*.log"}, us, true).files.size() == 1);
  CHECK(logs.list({"tmp/*.log"}, us + 1, true).files.empty());
  CHECK(logs.list({"tmp/*.log"}, {}, true).files.size() == 1);
  CHECK(logs.list({"tmp/*.log"}, us + 1, false).files.size() == 1);
}

TEST_CASE("LogSources: of too many those written last") {
  Logs logs;
  const auto now = fs::file_time_type::clock::now();
  for (int i = 0; i < 5; ++i) {
    const auto name = "tmp/" + std::to_string(i) + "a.log";
    logs.tree.add({name, "x"});
    fs::last_write_time(logs.tree.path(name),
                        now - std::chrono::hours{i % 2 == 0 ? i : 10 + i});
  }
  CHECK(logs.names(logs.list({"tmp/*.log"}, {}, false, 3)) ==
        "tmp/0a.log tmp/2a.log tmp/4a.log ");
  REQUIRE(logs.problems.size() == 1);
  CHECK(logs.problems[0].fault == Fault::too_big);
  CHECK(logs.names(logs.list({"tmp/*.log"}, {}, false, 5)).size() == 55);
  CHECK(logs.problems.empty());
}

TEST_CASE("LogSources: a log that the gateway itself names") {
  Logs logs;
  for (const char* name : {"own.log", "own.1.log", "linked.log"})
    logs.tree.add({name, "x"});
  logs.tree.add(TreeEntry::symlink("link.log", "own.log"));
  fs::create_hard_link(logs.tree.path("linked.log"),
                       logs.tree.path("again.log"));
  const auto names = [&](const std::string& pattern,
                         std::optional<uid_t> owner) {
    PatternListers listers;
    const auto listing =
        LogSources{{{logs.tree.path(pattern), true, true}}, owner, {}, listers}
            .list(monotonic_now(), {}, 256, always_open);
    std::string text = logs.names(listing);
    for (const auto& problem : listing.problems)
      text += std::string{to_string(problem.fault)} + ": " + problem.detail;
    return text;
  };
  CHECK(names("own.log", ::getuid()) == "own.log ~own.1.log ");
  CHECK(names("own.log", ::getuid() + 1) ==
        "denied: logging.file is of another user than its gateway");
  CHECK(names("own.log", {}) ==
        "denied: logging.file is of another user than its gateway");
  CHECK(names("link.log", ::getuid()) ==
        "denied: logging.file is a symbolic link");
  CHECK(names("linked.log", ::getuid()) ==
        "denied: logging.file has a second name");
  CHECK(names("none.log", ::getuid()).empty());
}
