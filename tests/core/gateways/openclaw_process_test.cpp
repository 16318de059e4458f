// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_process.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::string_literals;

namespace {

using Pieces = std::vector<std::string_view>;
using Dirs = std::vector<std::string>;

}  // namespace

TEST_CASE("split_nul: pieces without the empty ones") {
  CHECK(split_nul("").empty());
  CHECK(split_nul("\0\0\0"s).empty());
  CHECK(split_nul("a\0b c\0"s) == Pieces{"a", "b c"});
  CHECK(split_nul("a\0b"s) == Pieces{"a", "b"});
}

TEST_CASE("split_nul: a title leaves NUL padding") {
  CHECK(split_nul("openclaw-gateway\0\0\0\0\0"s) == Pieces{"openclaw-gateway"});
}

TEST_CASE("is_openclaw_process: by its title") {
  for (const std::string comm :
       {"openclaw", "openclaw-gatewa", "openclaw-agent", "openclaw-tui"}) {
    CAPTURE(comm);
    CHECK(is_openclaw_process(comm, {}));
  }
  for (const std::string comm :
       {"", "node", "MainThread", "claw", "xopenclaw", "Openclaw", "bash"}) {
    CAPTURE(comm);
    CHECK_FALSE(is_openclaw_process(comm, {comm}));
  }
}

TEST_CASE("is_openclaw_process: by an entry file") {
  for (const std::string file :
       {"openclaw.mjs", "/app/openclaw.mjs",
        "/usr/lib/node_modules/openclaw/dist/index.js",
        "node_modules/openclaw/dist/entry.js", "openclaw/dist/index.js"}) {
    CAPTURE(file);
    CHECK(is_openclaw_process("node", {"node", file, "gateway"}));
  }
  for (const std::string file :
       {"dist/index.js", "/app/dist/index.js", "openclaw.mjs.bak",
        "xopenclaw.mjs", "/srv/openclaw/dist/other.js"}) {
    CAPTURE(file);
    CHECK_FALSE(is_openclaw_process("node", {"node", file}));
  }
}

TEST_CASE("state_dirs_of: OPENCLAW_STATE_DIR wins") {
  CHECK(state_dirs_of(
            {"HOME=/home/node", "OPENCLAW_HOME=/h", "OPENCLAW_PROFILE=work",
             "OPENCLAW_STATE_DIR=/data/state"}) == Dirs{"/data/state"});
}

TEST_CASE("state_dirs_of: the home directory, OPENCLAW_HOME before HOME") {
  CHECK(state_dirs_of({"HOME=/home/node"}) == Dirs{"/home/node/.openclaw"});
  CHECK(state_dirs_of({"HOME=/home/node", "OPENCLAW_HOME=/h"}) ==
        Dirs{"/h/.openclaw"});
  CHECK(state_dirs_of({"HOME=/home/node", "OPENCLAW_HOME="}) ==
        Dirs{"/home/node/.openclaw"});
}

TEST_CASE("state_dirs_of: a profile comes first") {
  CHECK(state_dirs_of({"HOME=/h", "OPENCLAW_PROFILE=work"}) ==
        Dirs{"/h/.openclaw-work", "/h/.openclaw"});
  CHECK(state_dirs_of({"HOME=/h", "OPENCLAW_PROFILE=default"}) ==
        Dirs{"/h/.openclaw"});
  CHECK(state_dirs_of({"HOME=/h", "OPENCLAW_PROFILE=../../etc"}) ==
        Dirs{"/h/.openclaw"});
}

TEST_CASE("state_dirs_of: relative paths and missing variables give nothing") {
  CHECK(state_dirs_of({}).empty());
  CHECK(state_dirs_of({"HOME=", "HOMEX=/h", "XHOME=/h"}).empty());
  CHECK(state_dirs_of({"HOME=node"}).empty());
  CHECK(state_dirs_of({"OPENCLAW_STATE_DIR=state", "HOME=/h"}) ==
        Dirs{"/h/.openclaw"});
}

TEST_CASE("state_dirs_of: of a variable given twice the first counts") {
  CHECK(state_dirs_of({"HOME=/a", "HOME=/b"}) == Dirs{"/a/.openclaw"});
}
