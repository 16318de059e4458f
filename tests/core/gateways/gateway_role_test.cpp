// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_role.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

namespace {

using Pieces = std::vector<std::string_view>;
using Role = ProcessRole;

}  // namespace

TEST_CASE("role_of_process: titles, as real processes have them") {
  CHECK(role_of_process("openclaw-gatewa", {"openclaw-gateway"}) ==
        Role::gateway);
  CHECK(role_of_process("openclaw", {"openclaw"}) == Role::shared);
  CHECK(role_of_process("openclaw-agent", {"openclaw-agent"}) == Role::command);
  CHECK(role_of_process("openclaw-tui", {"openclaw-tui"}) == Role::command);
  CHECK(role_of_process("openclaw-comple", {"openclaw-completion"}) ==
        Role::command);
}

TEST_CASE("role_of_process: a comm alone is no title") {
  CHECK(role_of_process("openclaw-gatewa", {}) == Role::none);
  CHECK(role_of_process("openclaw-gatewa",
                        {"/bin/bash", "/usr/bin/openclaw-gateway"}) ==
        Role::command);
  CHECK(role_of_process("openclaw", {"vi", "openclaw"}) == Role::command);
  CHECK(role_of_process("vi", {"vi", "openclaw"}) == Role::none);
}

TEST_CASE("role_of_process: a title without its comm must show what it is") {
  CHECK(role_of_process("renamed", {"openclaw-gateway"}) == Role::possible);
  CHECK(role_of_process("renamed", {"openclaw"}) == Role::possible);
}

TEST_CASE("role_of_process: arguments that were left alone") {
  const Pieces docker{"/usr/local/bin/node",  "dist/index.js", "gateway",
                      "--allow-unconfigured", "--bind",        "loopback"};
  for (const std::string_view comm : {"MainThread", "node", "node-22", "tini"})
    CHECK(role_of_process(comm, docker) == Role::started);
  for (const std::string_view entry :
       {"openclaw.mjs", "/app/openclaw.mjs", "/usr/bin/openclaw",
        "/app/dist/index.js", "/app/dist/entry.js", "src/entry.ts"}) {
    CAPTURE(entry);
    CHECK(role_of_process("node", {"node", entry, "gateway"}) == Role::started);
    CHECK(role_of_process("node", {"node", entry, "gateway", "run"}) ==
          Role::started);
    CHECK(role_of_process("node", {"node", "--max-old-space-size=512", entry,
                                   "--profile", "work", "gateway", "run"}) ==
          Role::started);
  }
}

TEST_CASE("role_of_process: every runtime, and options before the entry") {
  const std::string_view entry = "/app/dist/index.js";
  for (const Pieces& start :
       std::vector<Pieces>{{"bun", entry},
                           {"/root/.bun/bin/bun", "run", entry},
                           {"bun", "--bun", "x", "openclaw"},
                           {"/opt/App/electron", entry},
                           {"node", "-r", "/x/hook.js", entry},
                           {"node", "--import", "tsx", "src/index.ts"},
                           {"node", "--env-file", ".env", "--inspect", entry},
                           {"nodejs", entry},
                           {"/usr/local/bin/openclaw"}}) {
    auto argv = start;
    argv.push_back("gateway");
    argv.push_back("--port");
    argv.push_back("18789");
    CAPTURE(argv[0]);
    CHECK(role_of_process("x", argv) == Role::started);
  }
}

TEST_CASE("role_of_process: what leaves open what runs") {
  for (const Pieces& argv : std::vector<Pieces>{
           {"/opt/runtime", "/app/dist/index.js", "gateway"},
           {"node /x/openclaw/dist/index.js"},
           {"node /x/dist/index.js gateway"},
           {"npm exec openclaw gateway"},
           {"tini", "--", "node", "openclaw.mjs", "gateway"},
           {"node", "--new-option", "value", "dist/index.js", "gateway"},
           {"node", "dist/index.js", "--new-option", "value", "gateway"}}) {
    CAPTURE(argv[0]);
    CHECK(role_of_process("x", argv) == Role::possible);
  }
}

TEST_CASE("role_of_process: commands and helpers are no gateways") {
  const std::string_view entry = "/usr/lib/node_modules/openclaw/openclaw.mjs";
  for (const std::string_view word : {"status", "stop", "install", "call"}) {
    CAPTURE(word);
    CHECK(role_of_process("node", {"node", entry, "gateway", word}) ==
          Role::command);
  }
  CHECK(role_of_process("node", {"node", entry, "agent", "gateway"}) ==
        Role::command);
  CHECK(role_of_process("node", {"node", entry, "node", "run"}) ==
        Role::command);
  CHECK(role_of_process("node", {"node", "dist/index.js", "agent"}) ==
        Role::command);
  CHECK(role_of_process("node", {"node", entry}) == Role::command);
  CHECK(role_of_process("node", {"node", "dist/index.js"}) == Role::none);
  CHECK(role_of_process("node", {"node", "dist/index.js", "serve"}) ==
        Role::none);
  CHECK(role_of_process("node", {"node", "server.js", "gateway"}) ==
        Role::none);
  CHECK(role_of_process("node", {"node", "xdist/index.js", "gateway"}) ==
        Role::none);
  const std::string dist = "/usr/local/lib/node_modules/openclaw/dist/";
  CHECK(role_of_process(
            "MainThread",
            {"/usr/local/bin/node", dist + "process/spawn-broker/worker.js"}) ==
        Role::none);
  CHECK(role_of_process("MainThread",
                        {"/usr/local/bin/node",
                         dist + "infra/sqlite-readonly-location.worker.js",
                         "--openclaw-sqlite-readonly-child", "session"}) ==
        Role::none);
}

TEST_CASE("role_after: a title takes nothing away from the arguments") {
  CHECK(role_after(Role::started, Role::shared) == Role::started);
  CHECK(role_after(Role::command, Role::shared) == Role::command);
  CHECK(role_after(Role::started, Role::gateway) == Role::gateway);
  CHECK(role_after(Role::none, Role::started) == Role::started);
}

TEST_CASE("may_be_openclaw: what can be none") {
  CHECK_FALSE(may_be_openclaw("systemd", {"/sbin/init"}));
  CHECK_FALSE(may_be_openclaw("bash", {"bash", "-c", "sleep 1"}));
  CHECK(may_be_openclaw("bash", {"bash", "/opt/OpenClaw/run"}));
  CHECK(may_be_openclaw("node", {"node", "x.js"}));
  CHECK(may_be_openclaw("x", {"/opt/rt", "/app/dist/index.js", "gateway"}));
  CHECK(may_be_openclaw("x", {}));
}

TEST_CASE("profile_of_arguments") {
  CHECK(profile_of_arguments({"node", "openclaw.mjs", "gateway"}).empty());
  CHECK(profile_of_arguments({"x", "--profile", "work"}) == "work");
  CHECK(profile_of_arguments({"x", "--profile=work"}) == "work");
  CHECK(profile_of_arguments({"x", "--dev"}) == "dev");
  CHECK(profile_of_arguments({"x", "--profile"}).empty());
  // There it makes a configuration for development.
  CHECK(profile_of_arguments({"node", "dist/index.js", "gateway", "--dev"})
            .empty());
  CHECK(profile_of_arguments({"node", "dist/index.js", "--dev", "gateway"}) ==
        "dev");
}

TEST_CASE("entry_of_arguments: the file that was started") {
  CHECK(entry_of_arguments({"node", "/app/dist/index.js", "gateway"}) ==
        "/app/dist/index.js");
  CHECK(entry_of_arguments({"node", "-r", "x", "./openclaw.mjs", "gateway"}) ==
        "./openclaw.mjs");
  CHECK(entry_of_arguments({"openclaw-gateway"}).empty());
  CHECK(entry_of_arguments({"openclaw", "gateway"}).empty());
  CHECK(entry_of_arguments({"sleep", "9"}).empty());
  CHECK(entry_of_arguments({}).empty());
}

TEST_CASE("is_gateway_service: both variables") {
  CHECK(is_gateway_service(
      {"OPENCLAW_SERVICE_MARKER=openclaw", "OPENCLAW_SERVICE_KIND=gateway"}));
  CHECK_FALSE(is_gateway_service({"OPENCLAW_SERVICE_KIND=gateway"}));
  CHECK_FALSE(is_gateway_service(
      {"OPENCLAW_SERVICE_MARKER=openclaw", "OPENCLAW_SERVICE_KIND=node"}));
}

TEST_CASE("temporary_directory: as Node.js chooses it") {
  CHECK(temporary_directory({}) == "/tmp");
  CHECK(temporary_directory({"TEMP=/c", "TMP=/b", "TMPDIR=/a/"}) == "/a");
  CHECK(temporary_directory({"TMPDIR=", "TEMP=/c"}) == "/c");
  CHECK(temporary_directory({"TMPDIR=rel"}) == "/tmp");
  CHECK(temporary_directory({"TMPDIR=/"}) == "/");
}

TEST_CASE("state_dir_of_open_file: what gateways keep open") {
  for (const std::string_view file :
       {"state/openclaw.sqlite", "state/openclaw.sqlite-wal",
        "state/openclaw.sqlite-shm", "tasks/runs.sqlite",
        "tmp/openclaw-0/gateway.state.lock",
        "tmp/openclaw-0/gateway.state.lock.sqlite"}) {
    CAPTURE(file);
    const auto path = "/home/node/.openclaw/" + std::string{file};
    CHECK(state_dir_of_open_file(path) == "/home/node/.openclaw");
  }
}

TEST_CASE("state_dir_of_open_file: nothing else tells") {
  for (const std::string_view path :
       {"", "/", "/x", "socket:[1]", "/dev/null", "/state/openclaw.sqlite",
        "/tmp/openclaw-0/gateway.d59d07cd.lock",
        "/tmp/openclaw-0/gateway.state.lock", "/gateway.state.lock",
        // A TMPDIR that ends in /tmp.
        "/var/tmp/openclaw-0/gateway.59e36fd4.lock",
        "/var/tmp/openclaw-0/gateway.59e36fd4.lock (deleted)",
        "/srv/tmp/openclaw-0/gateway.c0a57478.lock.sqlite",
        "/s/tmp/openclaw-0/gateway.state.lock (deleted)",
        "/s/state/openclaw.sqlite (deleted)", "/srv/tmp/openclaw-0/other.lock",
        "/srv/tmp/other/gateway.state.lock",
        "/tmp/openclaw-state-locks-0/state-handles.279598fc.lock.sqlite",
        "/home/node/.openclaw/agents/main/sessions/a.jsonl.lock"}) {
    CAPTURE(path);
    CHECK(state_dir_of_open_file(path).empty());
  }
}

TEST_CASE("gateway_lock_path") {
  const std::string_view lock = "/tmp/openclaw-0/gateway.d59d07cd.lock";
  CHECK(gateway_lock_path(lock) == lock);
  CHECK(gateway_lock_path("/tmp/openclaw-0/gateway.d59d07cd.lock (deleted)") ==
        lock);
  CHECK_FALSE(
      gateway_lock_path("/s/tmp/openclaw-0/gateway.state.lock").empty());
  for (const std::string_view path :
       {"", "/gateway.a.lock", "/tmp/openclaw-0/gateway.a.lock.sqlite",
        "/tmp/openclaw-0/a.lock", "/tmp/other/gateway.a.lock"}) {
    CAPTURE(path);
    CHECK(gateway_lock_path(path).empty());
  }
}

TEST_CASE("socket_inode") {
  CHECK(socket_inode("socket:[162984]") == 162984);
  for (const std::string_view link :
       {"", "socket:", "socket:[]", "socket:[x]", "pipe:[1]", "socket:[1"}) {
    CAPTURE(link);
    CHECK_FALSE(socket_inode(link));
  }
}
