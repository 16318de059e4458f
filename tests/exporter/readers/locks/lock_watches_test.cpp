// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/lock_watches.h"

#include <doctest/doctest.h>
#include <sys/inotify.h>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

using Meaning = LockWatches::Meaning;

/// What waits: `directory:name` for session files, else a word.
std::string drain(LockWatches& watches) {
  std::string text;
  watches.drain([&](const LockWatches::Event& event) {
    switch (event.meaning) {
      case Meaning::session_file:
        text += std::to_string(event.directory) + ':' +
                event.inotify.name + ' ';
        break;
      case Meaning::structure:
        text += "structure ";
        break;
      case Meaning::entry:
        text += "entry ";
        break;
      case Meaning::lost:
        text += "lost ";
        break;
      case Meaning::nothing:
        break;
    }
  });
  return text;
}

void touch(const std::string& path) { const std::ofstream file{path}; }

}  // namespace

TEST_CASE("Inotify: gives events in order, with their names") {
  const TempTree tree{};
  auto inotify = Inotify::create();
  REQUIRE(inotify);
  const auto watch =
      inotify->watch(tree.root().native(), IN_CREATE | IN_DELETE);
  REQUIRE(watch);
  touch(tree.path("a"));
  touch(tree.path("b\xff"));
  tree.remove("a");
  std::string text;
  CHECK(inotify->drain([&](const InotifyEvent& event) {
    CHECK(event.watch == *watch);
    text += (event.mask & IN_CREATE) != 0 ? '+' : '-';
    text += event.name;
  }));
  CHECK(text == "+a+b\xff-a");
  CHECK(inotify->drain([](const InotifyEvent&) { FAIL("no more events"); }));
}

TEST_CASE("Inotify: the same directory has the same number") {
  const TempTree tree{TreeEntry::symlink("link", ".")};
  auto inotify = Inotify::create();
  REQUIRE(inotify);
  CHECK(*inotify->watch(tree.root().native(), IN_CREATE) ==
        *inotify->watch(tree.path("link"), IN_CREATE));
}

TEST_CASE("Inotify: only directories are watched") {
  const TempTree tree{{"file", ""}};
  auto inotify = Inotify::create();
  REQUIRE(inotify);
  CHECK(inotify->watch(tree.path("file"), IN_CREATE).problem().fault ==
        Fault::missing);
  CHECK(inotify->watch(tree.path("none"), IN_CREATE).problem().fault ==
        Fault::missing);
}

TEST_CASE("LockWatches: files of session directories by number") {
  const TempTree tree{TreeEntry::directory("a"), TreeEntry::directory("b")};
  LockWatches watches{std::make_shared<InotifyHub>(), [] {}};
  CHECK(watches.descriptor() >= 0);
  CHECK_FALSE(watches.take_obstacle());
  CHECK(watches.watch_sessions(1, tree.path("a")));
  CHECK(watches.watch_sessions(1, tree.path("a")));
  CHECK(watches.watch_sessions(2, tree.path("b")));
  touch(tree.path("b/x"));
  touch(tree.path("a/y"));
  CHECK(drain(watches) == "2:x 2:x 1:y 1:y ");  // CREATE, CLOSE_WRITE
}

TEST_CASE("LockWatches: directories that come are structure, files are not") {
  const TempTree tree{TreeEntry::directory("agents")};
  LockWatches watches{std::make_shared<InotifyHub>(), [] {}};
  CHECK(watches.watch_structure(tree.path("agents")));
  touch(tree.path("agents/file"));
  CHECK(drain(watches) == "entry ");
  std::filesystem::create_directory(tree.path("agents/main"));
  CHECK(drain(watches) == "structure ");
}

TEST_CASE("LockWatches: a directory may be of sessions and of structure") {
  for (const bool sessions_first : {true, false}) {
    const TempTree tree{};
    LockWatches watches{std::make_shared<InotifyHub>(), [] {}};
    if (sessions_first) CHECK(watches.watch_sessions(3, tree.root()));
    CHECK(watches.watch_structure(tree.root()));
    if (!sessions_first) CHECK(watches.watch_sessions(3, tree.root()));
    touch(tree.path("x"));
    std::filesystem::create_directory(tree.path("d"));
    CHECK(drain(watches) == "3:x 3:x structure ");
  }
}

TEST_CASE(
    "LockWatches: a directory that goes is structure, and can be "
    "watched anew") {
  const TempTree tree{TreeEntry::directory("a")};
  LockWatches watches{std::make_shared<InotifyHub>(), [] {}};
  CHECK(watches.watch_sessions(1, tree.path("a")));
  tree.remove("a");
  CHECK(drain(watches) == "structure ");
  CHECK_FALSE(watches.watch_sessions(1, tree.path("a")));
  std::filesystem::create_directory(tree.path("a"));
  CHECK(watches.watch_sessions(1, tree.path("a")));
  touch(tree.path("a/x"));
  CHECK(drain(watches) == "1:x 1:x ");
}

TEST_CASE("LockWatches: a forgotten directory tells nothing more") {
  const TempTree tree{TreeEntry::directory("a")};
  LockWatches watches{std::make_shared<InotifyHub>(), [] {}};
  CHECK(watches.watch_sessions(1, tree.path("a")));
  touch(tree.path("a/x"));
  watches.forget_sessions(1);
  watches.forget_sessions(1);
  watches.forget_sessions(9);
  touch(tree.path("a/y"));
  CHECK(drain(watches).empty());
}

TEST_CASE("LockWatches: a missing directory is not watched, and no obstacle") {
  const TempTree tree{};
  LockWatches watches{std::make_shared<InotifyHub>(), [] {}};
  CHECK_FALSE(watches.watch_sessions(1, tree.path("none")));
  CHECK_FALSE(watches.watch_structure(tree.path("none")));
  CHECK_FALSE(watches.take_obstacle());
}
