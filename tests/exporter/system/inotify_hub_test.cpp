// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/inotify_hub.h"

#include <doctest/doctest.h>
#include <sys/inotify.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

void touch(const std::string& path) { const std::ofstream file{path}; }

/// Names of the files that came into being.
std::string created(InotifyHub& hub, InotifyHub::Owner owner) {
  std::string text;
  for (const auto& event : hub.take(owner))
    if ((event.mask & IN_CREATE) != 0) text += event.name + ' ';
  return text;
}

}  // namespace

TEST_CASE("InotifyHub: each owner sees its own watches only") {
  const TempTree tree{TreeEntry::directory("a"), TreeEntry::directory("b")};
  InotifyHub hub;
  const auto one = hub.add_owner();
  const auto two = hub.add_owner();
  REQUIRE(hub.watch(one, tree.path("a"), IN_CREATE));
  REQUIRE(hub.watch(two, tree.path("b"), IN_CREATE));
  touch(tree.path("a/x"));
  touch(tree.path("b/y"));
  CHECK(created(hub, one) == "x ");
  CHECK(created(hub, two) == "y ");
  CHECK(created(hub, one).empty());
}

TEST_CASE("InotifyHub: a directory may have several owners") {
  const TempTree tree{TreeEntry::directory("a")};
  InotifyHub hub;
  const auto one = hub.add_owner();
  const auto two = hub.add_owner();
  const auto first = hub.watch(one, tree.path("a"), IN_CREATE);
  const auto second = hub.watch(two, tree.path("a"), IN_CREATE);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*first == *second);
  touch(tree.path("a/x"));
  CHECK(created(hub, one) == "x ");
  hub.unwatch(one, *first);
  touch(tree.path("a/y"));
  CHECK(created(hub, one).empty());
  CHECK(created(hub, two) == "x y ");
  hub.remove_owner(two);
  touch(tree.path("a/z"));
  CHECK(created(hub, two).empty());
}

TEST_CASE("InotifyHub: wakes an owner once until it takes") {
  const TempTree tree{TreeEntry::directory("a")};
  InotifyHub hub;
  int woken = 0;
  const auto owner = hub.add_owner([&] { ++woken; });
  REQUIRE(hub.watch(owner, tree.path("a"), IN_CREATE));
  hub.drain();
  CHECK(woken == 0);
  touch(tree.path("a/x"));
  hub.drain();
  touch(tree.path("a/y"));
  hub.drain();
  CHECK(woken == 1);
  CHECK(created(hub, owner) == "x y ");
  touch(tree.path("a/z"));
  hub.drain();
  CHECK(woken == 2);
}

TEST_CASE("InotifyHub: what is too much for an owner is lost, and told to it") {
  const TempTree tree{TreeEntry::directory("a"), TreeEntry::directory("b")};
  InotifyHub hub;
  const auto busy = hub.add_owner();
  const auto calm = hub.add_owner();
  REQUIRE(hub.watch(busy, tree.path("a"), IN_CREATE | IN_DELETE));
  REQUIRE(hub.watch(calm, tree.path("b"), IN_CREATE));
  touch(tree.path("b/x"));
  for (std::size_t i = 0; i < InotifyHub::kMaxKept / 2 + 10; ++i) {
    touch(tree.path("a/x"));
    std::filesystem::remove(tree.path("a/x"));
    if (i % 1000 == 0) hub.drain();
  }
  const auto events = hub.take(busy);
  CHECK(events.size() == InotifyHub::kMaxKept + 1);
  CHECK((events.back().mask & IN_Q_OVERFLOW) != 0);
  CHECK(created(hub, calm) == "x ");
}

TEST_CASE("InotifyHub: events have the time at which they were taken") {
  const TempTree tree{TreeEntry::directory("a")};
  WallTime now{std::chrono::seconds{7}};
  InotifyHub hub{[&] { return now; }};
  const auto owner = hub.add_owner();
  REQUIRE(hub.watch(owner, tree.path("a"), IN_CREATE));
  touch(tree.path("a/x"));
  hub.drain();
  now += std::chrono::seconds{5};
  const auto events = hub.take(owner);
  REQUIRE(events.size() == 1);
  CHECK(events[0].at == WallTime{std::chrono::seconds{7}});
}
