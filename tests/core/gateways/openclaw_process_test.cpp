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

Dirs dirs_of(const Pieces& environment,
             std::optional<std::string_view> profile = {},
             std::string_view cwd = {}) {
  return state_dirs_of({environment, profile, cwd});
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
  CHECK(dirs_of({"HOME=/home/node", "OPENCLAW_HOME=/h", "OPENCLAW_PROFILE=work",
                 "CLAWDBOT_STATE_DIR=/old", "OPENCLAW_STATE_DIR=/data/state"},
                "other") == Dirs{named("/data/state")});
}

TEST_CASE("state_dirs_of: a literal ~ and relative paths") {
  const auto dir = [](std::string_view value, std::string_view cwd = {}) {
    const auto variable = "OPENCLAW_STATE_DIR=" + std::string{value};
    const auto dirs = dirs_of({"HOME=/home/node", variable}, {}, cwd);
    return dirs.empty() ? std::string{} : dirs[0].path;
  };
  CHECK(dir("~") == "/home/node");
  CHECK(dir("~/.oc/../state//") == "/home/node/state");
  CHECK(dir("~other", "/w") == "/w/~other");
  CHECK(dir(" /data/x ") == "/data/x");
  CHECK(dir("state", "/w") == "/w/state");
  CHECK(dir("../state", "/w/v") == "/w/state");
  CHECK(dir("state") == "");
  CHECK(dirs_of({"OPENCLAW_STATE_DIR=~/x"}).empty());
}

TEST_CASE("state_dirs_of: the home directory, OPENCLAW_HOME before HOME") {
  CHECK(dirs_of({"HOME=/home/node"}) == defaults("/home/node"));
  CHECK(dirs_of({"HOME=/home/node", "OPENCLAW_HOME=/h"}) == defaults("/h"));
  CHECK(dirs_of({"HOME=/home/node", "OPENCLAW_HOME=~/.openclaw"}) ==
        defaults("/home/node/.openclaw"));
  CHECK(dirs_of({"HOME=/home/node", "OPENCLAW_HOME="}) ==
        defaults("/home/node"));
  CHECK(dirs_of({"HOME=/"}) == defaults(""));
}

TEST_CASE("state_dirs_of: CLAWDBOT_STATE_DIR, which newer versions pass over") {
  auto expected = defaults("/h");
  expected.insert(expected.begin(), named("/data/.clawdbot"));
  CHECK(dirs_of({"HOME=/h", "CLAWDBOT_STATE_DIR=/data/.clawdbot"}) == expected);
}

TEST_CASE("state_dirs_of: a service of a version that has forgotten names") {
  const auto dirs = [](const std::string& version) {
    const auto variable = "OPENCLAW_SERVICE_VERSION=" + version;
    return dirs_of({"HOME=/h", "CLAWDBOT_STATE_DIR=/c", variable});
  };
  const Dirs forgotten{{"/h/.openclaw", Evidence::guess},
                       {"/h/.clawdbot", Evidence::guess}};
  for (const auto* newer :
       {"2026.3.22", "2026.3.14-beta.1", "2026.10.1", "2027.1.1"})
    CHECK_MESSAGE(dirs(newer) == forgotten, newer);
  auto read = defaults("/h");
  read.insert(read.begin(), named("/c"));
  for (const auto* other : {"2026.3.13", "2026.3.13-1", "2026.1.29", "", "dev",
                            "2026", "2026.4", "2026.4.", "2026.99999999999.1"})
    CHECK_MESSAGE(dirs(other) == read, other);
}

TEST_CASE("state_dirs_of: a package of a version that has forgotten names") {
  const auto first = [](std::string_view version) {
    return state_dirs_of(
               {{"HOME=/h", "CLAWDBOT_STATE_DIR=/c"}, "", "/w", {}, version})[0]
        .path;
  };
  CHECK(first("2026.4.24") == "/h/.openclaw");
  CHECK(first("2026.3.13") == "/c");
  CHECK(first("") == "/c");
}

TEST_CASE("state_dirs_of: a profile") {
  auto expected = defaults("/h");
  expected.insert(expected.begin(), named("/h/.openclaw-work"));
  CHECK(dirs_of({"HOME=/h", "OPENCLAW_PROFILE=work"}) == expected);
  CHECK(dirs_of({"HOME=/h", "OPENCLAW_PROFILE=default"}) == defaults("/h"));
  CHECK(dirs_of({"HOME=/h", "OPENCLAW_PROFILE=../../etc"}) == defaults("/h"));
  // OpenClaw itself looks at its arguments alone.
  CHECK(dirs_of({"HOME=/h", "OPENCLAW_PROFILE=work"}, "") == defaults("/h"));
  // That of the arguments is set as OPENCLAW_STATE_DIR.
  CHECK(dirs_of({"HOME=/h", "CLAWDBOT_STATE_DIR=/c"}, "dev") ==
        Dirs{named("/h/.openclaw-dev")});
}

TEST_CASE("state_dirs_of: missing variables give nothing") {
  CHECK(dirs_of({}).empty());
  CHECK(dirs_of({"HOME=", "HOMEX=/h", "XHOME=/h"}).empty());
  CHECK(dirs_of({"HOME=node"}).empty());
}

TEST_CASE("state_dirs_of: without HOME, as Node.js and OpenClaw find it") {
  const auto first = [](const Pieces& environment,
                        std::optional<std::string> user_home,
                        std::string_view cwd = "/w") {
    const auto dirs = state_dirs_of({environment, {}, cwd, user_home});
    return dirs.empty() ? std::string{} : dirs[0].path;
  };
  CHECK(first({"PATH=/bin"}, "/var/www") == "/var/www/.openclaw");
  CHECK(first({"OPENCLAW_HOME=~/x"}, "/var/www") == "/var/www/x/.openclaw");
  CHECK(first({"OPENCLAW_HOME=/o"}, {}) == "/o/.openclaw");
  CHECK(first({"PATH=/bin"}, "/") == "/.openclaw");
  // passwd(5) has no such user: the working directory.
  CHECK(first({"PATH=/bin"}, "") == "/w/.openclaw");
  CHECK(first({"PATH=/bin"}, {}).empty());
  CHECK(first({"HOME="}, "/var/www") == "/w/.openclaw");
  CHECK(first({"HOME= ", "USERPROFILE=/u"}, "/var/www") == "/u/.openclaw");
  CHECK(first({"HOME=undefined"}, "/var/www") == "/w/.openclaw");
  CHECK(first({"HOME=node"}, "/var/www") == "/w/node/.openclaw");
  CHECK(first({"HOME=/h", "OPENCLAW_HOME=undefined"}, {}) == "/h/.openclaw");
  CHECK(needs_user_home({"PATH=/bin"}));
  CHECK_FALSE(needs_user_home({"HOME="}));
  CHECK_FALSE(needs_user_home({"USERPROFILE=/u"}));
}

TEST_CASE("home_in_passwd: by number, of the first that has it") {
  const std::string_view passwd =
      "root:x:0:0:root:/root:/bin/bash\n#\n\nbad:x:33\n"
      "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
      "again:x:33:33::/again:\nlast:x:1000:1000::/home/last:/bin/sh";
  CHECK(home_in_passwd(passwd, 0) == "/root");
  CHECK(home_in_passwd(passwd, 1000) == "/home/last");
  CHECK(home_in_passwd(passwd, 7).empty());
  CHECK(home_in_passwd({}, 0).empty());
  CHECK(home_in_passwd("x:x:5:5", 5).empty());
}

TEST_CASE("state_dirs_of: of a variable given twice the first counts") {
  CHECK(dirs_of({"HOME=/a", "HOME=/b"}) == defaults("/a"));
}
