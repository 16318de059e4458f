// SPDX-License-Identifier: Apache-2.0
#include "core/logs/lock_sentence.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("without_error_classes: up to four, and nothing else") {
  CHECK(without_error_classes("Error: x") == "x");
  CHECK(without_error_classes("GatewayClientRequestError: Error: x: y") ==
        "x: y");
  CHECK(without_error_classes("Error: Error: Error: Error: Error: x") ==
        "Error: x");
  for (const std::string text :
       {"", "x", "Error", "Error:x", "Error x: y", "my Error: x", "Errors: x"})
    CHECK(without_error_classes(text) == text);
}

TEST_CASE("parse_lock_sentence: in each version's words") {
  const std::string path = "/my files/agents/a.b/sessions/x y.jsonl.lock";
  for (const std::string owner :
       {"pid=7", "unknown", "pid=7 alive=true ageMs=72859", "pid=7 alive=false",
        "owner=unknown ageMs=5"}) {
    CAPTURE(owner);
    const auto sentence = parse_lock_sentence(
        "session file locked (timeout 10000ms): " + owner + " " + path + "\"");
    REQUIRE(sentence);
    CHECK(sentence->wait == std::chrono::milliseconds{10000});
    CHECK(sentence->path == path);
    CHECK(sentence->pid.has_value() == owner.starts_with("pid="));
  }
  CHECK_FALSE(parse_lock_sentence(
                  "session file locked (timeout Infinityms): pid=7 " + path)
                  ->wait);
}

TEST_CASE("parse_lock_sentence: what is none") {
  for (const std::string text :
       {"", "session file locked", "session file locked (timeout 1s): x",
        "a session file locked (timeout 1ms): pid=1 /x.jsonl.lock",
        "session file lock stale (too-old): pid=1 /x.jsonl.lock"})
    CHECK_FALSE(parse_lock_sentence(text));
}

TEST_CASE("parse_lock_sentence: numbers out of range are absent") {
  const auto sentence = parse_lock_sentence(
      "session file locked (timeout 99999999999999999999ms): "
      "pid=99999999999 /x.jsonl.lock: code=X");
  REQUIRE(sentence);
  CHECK_FALSE(sentence->wait);
  CHECK_FALSE(sentence->pid);
  CHECK(sentence->path == "/x.jsonl.lock");
}

TEST_CASE("agent_of_path, agent_of_lane: nothing where there is no agent") {
  CHECK(agent_of_path("/agents/a/sessions/x.lock") == "a");
  CHECK(agent_of_path("/x/agents/a/agent/openclaw-agent.sqlite") == "a");
  for (const std::string path :
       {"", "/sessions/x", "/agents//sessions/x", "/srv/sessions/x.lock",
        "agents/a/sessions/x", "/agents/a/b/sessions/x"})
    CHECK(agent_of_path(path).empty());
  CHECK(agent_of_lane("session:agent:main:telegram:1") == "main");
  CHECK(agent_of_lane("session:probe-1").empty());
}
