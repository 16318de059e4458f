// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/gateway_register.h"

#include <doctest/doctest.h>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

SeenGateway present(const std::string& path, std::uint64_t inode) {
  SeenGateway seen;
  seen.state_dir = seen.name_from = path;
  seen.identity = DirectoryIdentity{1, inode};
  seen.presence = Presence::present;
  return seen;
}

SeenGateway gone(const std::string& path) {
  SeenGateway seen;
  seen.state_dir = path;
  seen.presence = Presence::gone;
  return seen;
}

struct Register {
  /// `name=path`, each with a blank; a missing one with `!`.
  std::string see(const std::vector<SeenGateway>& seen, WallTime now = {}) {
    gateways.update(seen, now, incidents, problems);
    std::string text;
    for (const auto& gateway : gateways.gateways())
      text += gateway.name + '=' + gateway.state_dir +
              (gateway.missing ? "! " : " ");
    return text;
  }

  GatewayRegister gateways;
  std::map<std::string, WallTime> incidents;
  std::vector<Problem> problems;
};

}  // namespace

TEST_CASE("GatewayRegister: names are unique and stay") {
  Register all;
  CHECK(all.see({present("/b/.openclaw", 2)}) == "openclaw=/b/.openclaw ");
  CHECK(all.see({present("/a/.openclaw", 1), present("/b/.openclaw", 2)}) ==
        "a-openclaw=/a/.openclaw openclaw=/b/.openclaw ");
}

TEST_CASE("GatewayRegister: one directory under two names is one gateway") {
  Register all;
  CHECK(all.see({present("/a/.openclaw", 1), present("/a/.clawdbot", 1)}) ==
        "openclaw=/a/.openclaw ");
  // The name it is known by is gone, and it is there by the other one.
  CHECK(all.see({gone("/a/.openclaw"), present("/a/.clawdbot", 1)}) ==
        "clawdbot=/a/.clawdbot openclaw=/a/.openclaw! ");
  CHECK(all.see({gone("/a/.openclaw"), present("/a/.clawdbot", 1)}) ==
        "clawdbot=/a/.clawdbot ");
}

TEST_CASE("GatewayRegister: two names of what does not answer") {
  const auto configured = [](SeenGateway gateway) {
    gateway.entry = "e";
    return gateway;
  };
  const SeenGateway silent{"/far/x", {}, "/far/x", "e"};
  const auto near = configured(present("/near/x", 1));
  const auto far = configured(present("/far/x", 1));
  SUBCASE("the second was known to be the first") {
    Register all;
    CHECK(all.see({near, far}) == "x=/near/x ");
    CHECK(all.see({{"/near/x", {}, "/near/x", "e"}, silent}) == "x=/near/x ");
  }
  SUBCASE("it turns out to be") {
    Register all;
    CHECK(all.see({near, silent}) == "far-x=/far/x x=/near/x ");
    CHECK(all.see({near, far}) == "x=/near/x ");
  }
  SUBCASE("it turns out to be another") {
    Register all;
    const auto other = configured(present("/far/x", 2));
    CHECK(all.see({near, silent}) == "far-x=/far/x x=/near/x ");
    CHECK(all.see({near, other}) == "far-x=/far/x x=/near/x ");
  }
}

TEST_CASE("GatewayRegister: known for less than an hour, gone in two rounds") {
  Register all;
  const WallTime begin{100h};
  all.see({present("/a/x", 1)}, begin);
  CHECK(all.see({gone("/a/x")}, begin + 59min) == "x=/a/x! ");
  CHECK(all.see({gone("/a/x")}, begin + 59min + 5s) == "");
  CHECK(all.see({present("/a/x", 1)}, begin + 60min) == "x=/a/x ");
}

TEST_CASE("GatewayRegister: known for longer, missing for an hour first") {
  Register all;
  const WallTime begin{100h};
  all.see({present("/a/x", 1)}, begin);
  for (const auto after : {60min, 61min, 119min})
    CHECK(all.see({gone("/a/x")}, begin + after) == "x=/a/x! ");
  SUBCASE("it is forgotten then") {
    CHECK(all.see({gone("/a/x")}, begin + 120min) == "");
  }
  SUBCASE("it comes back") {
    CHECK(all.see({present("/a/x", 7)}, begin + 119min) == "x=/a/x ");
    CHECK(all.see({gone("/a/x")}, begin + 121min) == "x=/a/x! ");
    CHECK(all.see({gone("/a/x")}, begin + 122min) == "x=/a/x! ");
  }
}

TEST_CASE("GatewayRegister: the first sight of an earlier run counts") {
  Register all;
  const WallTime begin{100h};
  all.gateways.restore({{"/a/x", begin - 1h}});
  all.see({present("/a/x", 1)}, begin);
  CHECK(all.gateways.first_seen() ==
        std::map<std::string, WallTime>{{"/a/x", begin - 1h}});
  CHECK(all.see({gone("/a/x")}, begin + 1s) == "x=/a/x! ");
  CHECK(all.see({gone("/a/x")}, begin + 2s) == "x=/a/x! ");
}

TEST_CASE("GatewayRegister: an incident keeps it for an hour") {
  Register all;
  const WallTime begin{100h};
  all.see({present("/a/x", 1)}, begin);
  all.incidents["x"] = begin + 10s;
  CHECK(all.see({gone("/a/x")}, begin + 20s) == "x=/a/x! ");
  CHECK(all.see({gone("/a/x")}, begin + 1h) == "x=/a/x! ");
  CHECK(all.see({gone("/a/x")}, begin + 1h + 10s) == "");
}

TEST_CASE("GatewayRegister: what was not looked at is as it was") {
  Register all;
  const WallTime begin{100h};
  all.see({present("/a/x", 1)}, begin);
  for (const auto after : {1h, 9h}) {
    CHECK(all.see({}, begin + after) == "x=/a/x ");
    auto unknown = gone("/a/x");
    unknown.presence = Presence::unknown;
    CHECK(all.see({unknown}, begin + after) == "x=/a/x ");
  }
}

TEST_CASE("GatewayRegister: with a process it stays") {
  Register all;
  all.see({present("/a/x", 1)});
  auto used = gone("/a/x");
  used.has_process = true;
  for (int i = 0; i < 3; ++i) CHECK(all.see({used}) == "x=/a/x ");
}

TEST_CASE("GatewayRegister: a container made anew is the same gateway") {
  Register all;
  auto seen = present("/proc/7/root/s/.openclaw", 1);
  seen.name_from = "/s/.openclaw";
  seen.passing = true;
  all.see({seen});
  auto again = seen;
  again.state_dir = "/proc/9/root/s/.openclaw";
  SUBCASE("with its volume") {}
  SUBCASE("without one") { again.identity = DirectoryIdentity{1, 2}; }
  CHECK(all.see({gone(seen.state_dir), again}) ==
        "openclaw=/proc/9/root/s/.openclaw ");
}

TEST_CASE("GatewayRegister: a configured one stays as long as its entry") {
  Register all;
  const auto configured = [](SeenGateway seen) {
    seen.entry = "e";
    seen.name = "mine";
    return seen;
  };
  CHECK(all.see({configured(gone("/a/x"))}) == "mine=/a/x! ");
  for (int i = 0; i < 3; ++i)
    CHECK(all.see({configured(gone("/a/x"))}, WallTime{i * 5h}) ==
          "mine=/a/x! ");
  all.gateways.keep({"e"}, false);
  CHECK(all.see({}) == "mine=/a/x! ");
  all.gateways.keep({}, true);
  CHECK(all.see({}) == "");
}

TEST_CASE("GatewayRegister: what a pattern matched goes as a discovered one") {
  const auto matched = [](SeenGateway seen) {
    seen.entry = "e";
    seen.matched = true;
    return seen;
  };
  Register all;
  const WallTime begin{100h};
  SUBCASE("known for less than an hour") {
    all.see({matched(present("/a/x", 1))}, begin);
    CHECK(all.gateways.first_seen() ==
          std::map<std::string, WallTime>{{"/a/x", begin}});
    CHECK(all.see({matched(gone("/a/x"))}, begin + 1s) == "x=/a/x! ");
    SUBCASE("it is forgotten in two rounds") {
      CHECK(all.see({matched(gone("/a/x"))}, begin + 2s) == "");
      // The pattern says nothing of what is not there.
      CHECK(all.see({matched(gone("/a/x"))}, begin + 3s) == "");
    }
    SUBCASE("an incident keeps it") {
      all.incidents["x"] = begin;
      CHECK(all.see({matched(gone("/a/x"))}, begin + 59min) == "x=/a/x! ");
      CHECK(all.see({matched(gone("/a/x"))}, begin + 1h) == "");
    }
    SUBCASE("a process keeps it") {
      auto used = matched(gone("/a/x"));
      used.has_process = true;
      for (int i = 2; i < 5; ++i)
        CHECK(all.see({used}, begin + i * 1s) == "x=/a/x ");
    }
  }
  SUBCASE("known for longer, by an earlier run") {
    all.gateways.restore({{"/a/x", begin - 1h}});
    all.see({matched(present("/a/x", 1))}, begin);
    for (const auto after : {1min, 2min, 60min})
      CHECK(all.see({matched(gone("/a/x"))}, begin + after) == "x=/a/x! ");
    CHECK(all.see({matched(gone("/a/x"))}, begin + 61min) == "");
  }
  SUBCASE("its entry is gone") {
    all.see({matched(present("/a/x", 1))}, begin);
    all.gateways.keep({}, false);
    CHECK(all.see({}, begin) == "");
  }
}

TEST_CASE("GatewayRegister: a match that cannot be looked at is watched") {
  Register all;
  const SeenGateway closed{"/a/x", {}, "/a/x", "e", true};
  CHECK(all.see({closed}) == "x=/a/x ");
}

TEST_CASE("GatewayRegister: at most 1000, and how many are left out") {
  Register all;
  std::vector<SeenGateway> seen;
  for (std::uint64_t i = 0; i < 1010; ++i)
    seen.push_back(present("/d/" + std::to_string(i), i));
  all.see(seen);
  CHECK(all.gateways.gateways().size() == 1000);
  const Problem left_out{Fault::too_big, "gateways",
                         "at most 1000 are watched; 10 more are left out"};
  CHECK(all.problems == std::vector{left_out});
}
