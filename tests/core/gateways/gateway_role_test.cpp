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
        Role::none);
  CHECK(role_of_process("grep", {"openclaw-gateway"}) == Role::none);
  CHECK(role_of_process("openclaw", {"vi", "openclaw"}) == Role::none);
}

TEST_CASE("role_of_process: arguments that were left alone") {
  const Pieces docker{"/usr/local/bin/node",  "dist/index.js", "gateway",
                      "--allow-unconfigured", "--bind",        "loopback"};
  CHECK(role_of_process("MainThread", docker) == Role::started);
  CHECK(role_of_process("node", docker) == Role::started);
  CHECK(role_of_process("tini", docker) == Role::none);
  for (const std::string_view entry :
       {"openclaw.mjs", "/app/openclaw.mjs", "/usr/bin/openclaw",
        "/app/dist/entry.js", "src/entry.ts"}) {
    CAPTURE(entry);
    CHECK(role_of_process("node", {"node", entry, "gateway"}) == Role::started);
    CHECK(role_of_process("node", {"node", "--max-old-space-size=512", entry,
                                   "--profile", "work", "gateway", "run"}) ==
          Role::started);
  }
}

TEST_CASE("role_of_process: commands and helpers are no gateways") {
  const std::string_view entry = "/usr/lib/node_modules/openclaw/openclaw.mjs";
  for (const std::string_view word : {"status", "stop", "install", "call"}) {
    CAPTURE(word);
    CHECK(role_of_process("node", {"node", entry, "gateway", word}) ==
          Role::none);
  }
  CHECK(role_of_process("node", {"node", entry, "agent", "gateway"}) ==
        Role::none);
  CHECK(role_of_process("node", {"node", entry}) == Role::none);
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

TEST_CASE("profile_of_arguments") {
  CHECK(profile_of_arguments({"node", "openclaw.mjs", "gateway"}).empty());
  CHECK(profile_of_arguments({"x", "--profile", "work"}) == "work");
  CHECK(profile_of_arguments({"x", "--profile=work"}) == "work");
  CHECK(profile_of_arguments({"x", "--dev"}) == "dev");
  CHECK(profile_of_arguments({"x", "--profile"}).empty());
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
        "tmp/openclaw-0/gateway.c0a57478.lock.sqlite"}) {
    CAPTURE(file);
    const auto path = "/home/node/.openclaw/" + std::string{file};
    CHECK(state_dir_of_open_file(path) == "/home/node/.openclaw");
  }
}

TEST_CASE("state_dir_of_open_file: nothing else tells") {
  for (const std::string_view path :
       {"", "/", "/x", "socket:[1]", "/dev/null", "/state/openclaw.sqlite",
        "/tmp/openclaw-0/gateway.d59d07cd.lock",
        "/srv/tmp/openclaw-0/other.lock", "/srv/tmp/other/gateway.a.lock",
        "/tmp/openclaw-state-locks-0/state-handles.279598fc.lock.sqlite",
        "/home/node/.openclaw/agents/main/sessions/a.jsonl.lock"}) {
    CAPTURE(path);
    CHECK(state_dir_of_open_file(path).empty());
  }
}

TEST_CASE("is_gateway_lock_path") {
  CHECK(is_gateway_lock_path("/tmp/openclaw-0/gateway.d59d07cd.lock"));
  CHECK(is_gateway_lock_path("/s/tmp/openclaw-0/gateway.state.lock"));
  for (const std::string_view path :
       {"", "/gateway.a.lock", "/tmp/openclaw-0/gateway.a.lock.sqlite",
        "/tmp/openclaw-0/a.lock", "/tmp/other/gateway.a.lock"}) {
    CAPTURE(path);
    CHECK_FALSE(is_gateway_lock_path(path));
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
