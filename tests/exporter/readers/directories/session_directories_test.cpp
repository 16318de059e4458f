// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/session_directories.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;

namespace {

/// `agent:path` of each session directory, below the tree's root.
std::string sessions(const TempTree& tree, const StateDirectory& state) {
  std::string text;
  for (const auto& directory : state.sessions)
    text += directory.agent + ':' +
            directory.path.substr(tree.root().native().size() + 1) + ' ';
  return text;
}

void set_mtime(const std::string& path, const char* time) {
  std::filesystem::last_write_time(
      path,
      std::filesystem::file_time_type::clock::from_sys(*parse_iso8601(time)));
}

}  // namespace

TEST_CASE("read_state_directory: each agent's sessions, sorted") {
  const TempTree tree{TreeEntry::directory("agents/main/sessions"),
                      TreeEntry::directory("agents/b/sessions"),
                      TreeEntry::directory("agents/fresh"),
                      {"agents/a-file", ""}};
  const auto state = read_state_directory(tree.root(), {});
  CHECK(state.opened);
  CHECK(state.readable);
  CHECK(state.problems.empty());
  CHECK(sessions(tree, state) ==
        "b:agents/b/sessions main:agents/main/sessions ");
  CHECK_FALSE(state.sqlite_gateway_at);
}

TEST_CASE("read_state_directory: names where something new may appear") {
  const TempTree tree{TreeEntry::directory("agents/main/sessions"),
                      TreeEntry::directory("agents/fresh")};
  const auto state = read_state_directory(tree.root(), {});
  CHECK(state.structure == std::vector<std::string>{tree.root(),
                                                    tree.path("agents"),
                                                    tree.path("agents/fresh"),
                                                    tree.path("agents/main")});
}

TEST_CASE("read_state_directory: a fresh install is not a problem") {
  const TempTree tree{};
  const auto state = read_state_directory(tree.root(), {});
  CHECK(state.opened);
  CHECK(state.readable);
  CHECK(state.sessions.empty());
  CHECK(state.problems.empty());
}

TEST_CASE("read_state_directory: a missing state dir is") {
  const TempTree tree{{"file", ""}};
  for (const auto* name : {"none", "file"}) {
    const auto state = read_state_directory(tree.path(name), {});
    CHECK_FALSE(state.opened);
    CHECK_FALSE(state.readable);
    REQUIRE(state.problems.size() == 1);
    CHECK(state.problems[0].fault == Fault::missing);
  }
}

TEST_CASE(
    "read_state_directory: a directory that may not be listed is told, "
    "the others are read") {
  if (::getuid() == 0) return;
  const TempTree tree{TreeEntry::directory("agents/main/sessions"),
                      TreeEntry::directory("agents/shut/sessions"),
                      TreeEntry::directory("agents/shut", 0)};
  const auto state = read_state_directory(tree.root(), {});
  CHECK_FALSE(state.readable);
  CHECK(sessions(tree, state) == "main:agents/main/sessions ");
  REQUIRE(state.problems.size() == 1);
  CHECK(state.problems[0].fault == Fault::denied);
}

TEST_CASE("read_state_directory: a link loop is told, and no directory") {
  const TempTree tree{TreeEntry::symlink("agents/main/sessions", "sessions")};
  const auto state = read_state_directory(tree.root(), {});
  CHECK_FALSE(state.readable);
  CHECK(state.sessions.empty());
  REQUIRE(state.problems.size() == 1);
  CHECK(state.problems[0].fault == Fault::malformed);
  CHECK(state.incomplete_agents == std::set<std::string>{"main"});
  CHECK_FALSE(
      read_state_directory(tree.root(), {tree.path("agents/main/sessions")})
          .readable);
}

TEST_CASE(
    "read_state_directory: an agent that is a link loop has no sessions") {
  const TempTree tree{TreeEntry::directory("agents/main/sessions"),
                      TreeEntry::symlink("agents/loop", "loop")};
  const auto state = read_state_directory(tree.root(), {});
  CHECK(state.readable);
  CHECK(state.sessions.size() == 1);
  REQUIRE(state.problems.size() == 1);
  CHECK(state.problems[0].fault == Fault::malformed);
}

TEST_CASE("read_state_directory: what stands in a directory's place is told") {
  const auto fault = [](const TreeEntry& entry) -> std::optional<Fault> {
    const TempTree tree{TreeEntry::directory("agents/other/sessions"), entry};
    const auto state = read_state_directory(tree.root(), {});
    CHECK(state.sessions.size() == 1);
    if (state.readable) return {};
    REQUIRE(state.problems.size() == 1);
    CHECK(state.problems[0].where == tree.path(entry.path));
    return state.problems[0].fault;
  };
  const std::string sessions = "agents/main/sessions";
  CHECK(fault({sessions, "text"}) == Fault::malformed);
  CHECK(fault(TreeEntry::fifo(sessions)) == Fault::malformed);
  CHECK(fault(TreeEntry::symlink(sessions, "/dev/null")) == Fault::malformed);
  CHECK(fault(TreeEntry::symlink(sessions, "sessions")) == Fault::malformed);
  CHECK(fault(TreeEntry::symlink(sessions, "nowhere")) == Fault::missing);
  CHECK(fault(TreeEntry::symlink(sessions, "/dev/null/x")) == Fault::missing);
  // Not every file among the agents is one.
  CHECK_FALSE(fault({"agents/notes.txt", ""}));
  CHECK_FALSE(fault(TreeEntry::fifo("agents/pipe")));
  CHECK_FALSE(fault(TreeEntry::symlink("agents/link", "/dev/null")));
  CHECK_FALSE(fault(TreeEntry::symlink("agents/gone", "nowhere")));
}

TEST_CASE("read_state_directory: so is what stands in the place of agents/") {
  for (const auto& entry :
       {TreeEntry{"agents", "text"}, TreeEntry::fifo("agents"),
        TreeEntry::symlink("agents", "/dev/null"),
        TreeEntry::symlink("agents", "agents"),
        TreeEntry::symlink("agents", "nowhere")}) {
    const TempTree tree{entry};
    const auto state = read_state_directory(tree.root(), {});
    CHECK(state.opened);
    CHECK_FALSE(state.readable);
    REQUIRE(state.problems.size() == 1);
    CHECK(state.problems[0].fault ==
          (entry.content == "nowhere" ? Fault::missing : Fault::malformed));
  }
  const TempTree fresh;
  CHECK(read_state_directory(fresh.root(), {}).readable);
}

TEST_CASE(
    "read_state_directory: a directory is listed once, by whatever "
    "paths it is reached") {
  const TempTree tree{TreeEntry::directory("agents/main/sessions"),
                      TreeEntry::symlink("agents/copy", "main"),
                      TreeEntry::symlink("extra", "agents/main/sessions")};
  const auto state = read_state_directory(
      tree.root(), {tree.path("extra"), tree.path("agents/main/sessions")});
  CHECK(state.sessions.size() == 1);
  CHECK(state.sessions[0].path == tree.path("agents/main/sessions"));
  CHECK(state.sessions[0].agent == "main");
}

TEST_CASE(
    "read_state_directory: extra directories have an agent if their "
    "path tells") {
  const TempTree tree{TreeEntry::directory("state"),
                      TreeEntry::directory("srv/agents/bob/sessions"),
                      TreeEntry::directory("srv/all")};
  const auto state = read_state_directory(
      tree.path("state"),
      {tree.path("srv/all"), tree.path("srv/agents/*/sessions")});
  CHECK(sessions(tree, state) == ":srv/all bob:srv/agents/bob/sessions ");
  CHECK(state.readable);
}

TEST_CASE(
    "read_state_directory: an extra directory must be there, a glob "
    "need not match") {
  const TempTree tree{TreeEntry::directory("state")};
  const auto missing =
      read_state_directory(tree.path("state"), {tree.path("none")});
  CHECK(missing.opened);
  CHECK_FALSE(missing.readable);
  REQUIRE(missing.problems.size() == 1);
  CHECK(missing.problems[0].fault == Fault::missing);
  CHECK(
      read_state_directory(tree.path("state"), {tree.path("none*")}).readable);
}

TEST_CASE("read_state_directory: the newest trace of an era C gateway") {
  const TempTree tree{{"tmp/openclaw-0/gateway.state.lock", "{}"},
                      {"tmp/openclaw-1000/gateway.state.lock.sqlite", ""},
                      {"tmp/other/gateway.state.lock", ""},
                      {"tmp/openclaw-0/gateway.c0a57478.lock", ""}};
  set_mtime(tree.path("tmp/openclaw-0/gateway.state.lock"),
            "2026-11-20T23:39:42.805Z");
  set_mtime(tree.path("tmp/openclaw-1000/gateway.state.lock.sqlite"),
            "2026-11-20T23:43:37.358Z");
  set_mtime(tree.path("tmp/other/gateway.state.lock"),
            "2027-11-20T23:43:37.358Z");
  const auto state = read_state_directory(tree.root(), {});
  CHECK(state.sqlite_gateway_at == parse_iso8601("2026-11-20T23:43:37.358Z"));
}

TEST_CASE("read_state_directory: 4096 agents are read, more are too big") {
  TempTree tree{};
  for (int i = 0; i < 4098; ++i)
    tree.add(TreeEntry::directory("agents/a" + std::to_string(i)));
  const auto state = read_state_directory(tree.root(), {});
  CHECK_FALSE(state.readable);
  REQUIRE(state.problems.size() == 1);
  CHECK(state.problems[0].fault == Fault::too_big);
  CHECK(state.structure.size() == 2 + 4096);
}

namespace {

StateDirectory with_named(const TempTree& tree, const std::string& pattern,
                          uid_t owner = ::getuid(), bool follows_links = true) {
  return read_state_directory(
      tree.path("state"), {}, {}, always_open,
      NamedSessionDirs{tree.path(pattern), {}, follows_links, owner});
}

}  // namespace

TEST_CASE("read_state_directory: sessions that the gateway itself names") {
  const TempTree tree{TreeEntry::directory("state/agents/main/sessions"),
                      TreeEntry::directory("store/main"),
                      TreeEntry::directory("store/b-2"),
                      TreeEntry::directory("store/Not an agent"),
                      {"store/file", ""}};
  const auto state = with_named(tree, "store/*");
  CHECK(state.problems.empty());
  CHECK(state.readable);
  CHECK(sessions(tree, state) ==
        "main:state/agents/main/sessions b-2:store/b-2 main:store/main ");
  CHECK(sessions(tree, with_named(tree, "store/main")) ==
        "main:state/agents/main/sessions :store/main ");
  CHECK(with_named(tree, "none").problems.empty());
  const auto no_directory = with_named(tree, "store/file");
  REQUIRE(no_directory.problems.size() == 1);
  CHECK(no_directory.problems[0].fault == Fault::malformed);
}

TEST_CASE("read_state_directory: of another user they are denied") {
  const TempTree tree{TreeEntry::directory("state/agents/main/sessions"),
                      TreeEntry::directory("store/main")};
  for (const std::string pattern : {"store/*", "store/main"}) {
    CAPTURE(pattern);
    const auto state = with_named(tree, pattern, ::getuid() + 1);
    CHECK(state.readable);
    CHECK(sessions(tree, state) == "main:state/agents/main/sessions ");
    REQUIRE(state.problems.size() == 1);
    CHECK(state.problems[0].fault == Fault::denied);
  }
  // What is watched already is no matter of whose it is.
  CHECK(with_named(tree, "state/agents/main/sessions", ::getuid() + 1)
            .problems.empty());
}

TEST_CASE("read_state_directory: named links where they can be followed") {
  const TempTree tree{TreeEntry::directory("state"),
                      TreeEntry::directory("elsewhere"),
                      TreeEntry::directory("store"),
                      TreeEntry::symlink("store/main", "../elsewhere")};
  CHECK(sessions(tree, with_named(tree, "store/*")) == "main:elsewhere ");
  const auto state = with_named(tree, "store/*", ::getuid(), false);
  CHECK(state.sessions.empty());
  REQUIRE(state.problems.size() == 1);
  CHECK(state.problems[0].fault == Fault::denied);
}
