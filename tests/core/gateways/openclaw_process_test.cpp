// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/openclaw_process.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::string_literals;

namespace {

using Pieces = std::vector<std::string_view>;
using Dirs = std::vector<StateDirCandidate>;

StateDirCandidate named(const std::string& path) {
  return {path, Evidence::environment};
}

/// Of a process that names nothing.
Dirs defaults(const std::string& home) {
  Dirs dirs;
  for (const auto* name :
       {"/.openclaw", "/.clawdbot", "/.moltbot", "/.moldbot"})
    dirs.push_back({home + name, Evidence::guess});
  return dirs;
}

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

TEST_CASE("state_dirs_of: OPENCLAW_STATE_DIR wins") {
  CHECK(state_dirs_of({"HOME=/home/node", "OPENCLAW_HOME=/h",
                       "OPENCLAW_PROFILE=work", "CLAWDBOT_STATE_DIR=/old",
                       "OPENCLAW_STATE_DIR=/data/state"},
                      "other") == Dirs{named("/data/state")});
}

TEST_CASE("state_dirs_of: a literal ~ and relative paths") {
  const auto dir = [](std::string_view value, std::string_view cwd = {}) {
    const auto variable = "OPENCLAW_STATE_DIR=" + std::string{value};
    const auto dirs = state_dirs_of({"HOME=/home/node", variable}, {}, cwd);
    return dirs.empty() ? std::string{} : dirs[0].path;
  };
  CHECK(dir("~") == "/home/node");
  CHECK(dir("~/.oc/../state//") == "/home/node/state");
  CHECK(dir("~other", "/w") == "/w/~other");
  CHECK(dir(" /data/x ") == "/data/x");
  CHECK(dir("state", "/w") == "/w/state");
  CHECK(dir("../state", "/w/v") == "/w/state");
  CHECK(dir("state") == "");
  CHECK(state_dirs_of({"OPENCLAW_STATE_DIR=~/x"}).empty());
}

TEST_CASE("state_dirs_of: the home directory, OPENCLAW_HOME before HOME") {
  CHECK(state_dirs_of({"HOME=/home/node"}) == defaults("/home/node"));
  CHECK(state_dirs_of({"HOME=/home/node", "OPENCLAW_HOME=/h"}) ==
        defaults("/h"));
  CHECK(state_dirs_of({"HOME=/home/node", "OPENCLAW_HOME=~/.openclaw"}) ==
        defaults("/home/node/.openclaw"));
  CHECK(state_dirs_of({"HOME=/home/node", "OPENCLAW_HOME="}) ==
        defaults("/home/node"));
  CHECK(state_dirs_of({"HOME=/"}) == defaults(""));
}

TEST_CASE("state_dirs_of: CLAWDBOT_STATE_DIR, which newer versions pass over") {
  auto expected = defaults("/h");
  expected.insert(expected.begin(), named("/data/.clawdbot"));
  CHECK(state_dirs_of({"HOME=/h", "CLAWDBOT_STATE_DIR=/data/.clawdbot"}) ==
        expected);
}

TEST_CASE("state_dirs_of: a profile") {
  auto expected = defaults("/h");
  expected.insert(expected.begin(), named("/h/.openclaw-work"));
  CHECK(state_dirs_of({"HOME=/h", "OPENCLAW_PROFILE=work"}) == expected);
  CHECK(state_dirs_of({"HOME=/h", "OPENCLAW_PROFILE=default"}) ==
        defaults("/h"));
  CHECK(state_dirs_of({"HOME=/h", "OPENCLAW_PROFILE=../../etc"}) ==
        defaults("/h"));
  // That of the arguments is set as OPENCLAW_STATE_DIR.
  CHECK(state_dirs_of({"HOME=/h", "CLAWDBOT_STATE_DIR=/c"}, "dev") ==
        Dirs{named("/h/.openclaw-dev")});
}

TEST_CASE("state_dirs_of: missing variables give nothing") {
  CHECK(state_dirs_of({}).empty());
  CHECK(state_dirs_of({"HOME=", "HOMEX=/h", "XHOME=/h"}).empty());
  CHECK(state_dirs_of({"HOME=node"}).empty());
}

TEST_CASE("state_dirs_of: of a variable given twice the first counts") {
  CHECK(state_dirs_of({"HOME=/a", "HOME=/b"}) == defaults("/a"));
}
