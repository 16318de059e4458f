// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_format.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("recognise_log_format: each form by one line") {
  CHECK(recognise_log_format(R"({"0":"pong","time":"x"})") ==
        LineFormat::openclaw_json);
  CHECK(recognise_log_format(R"({"_meta":{"date":"x"},"1":"x"})") ==
        LineFormat::openclaw_json);
  CHECK(recognise_log_format(R"({"time":"x","level":"info","message":"x"})") ==
        LineFormat::console_json);
  CHECK(recognise_log_format(R"({"log":"x\n","stream":"stdout","time":"x"})") ==
        LineFormat::docker_json);
  CHECK(recognise_log_format(R"({"MESSAGE":"x","_PID":"1"})") ==
        LineFormat::journald_json);
  CHECK(recognise_log_format(R"({"MESSAGE":[1,2]})") ==
        LineFormat::journald_json);
  CHECK(recognise_log_format("2026-06-05T00:11:06.506Z stdout F pong") ==
        LineFormat::cri);
  for (const std::string line :
       {"2026-06-05T00:11:06.506Z [gateway] ready",
        "2026-06-05T00:11:06.506Z pong", "23:16:17 [gateway] ready",
        "\x1b[90m23:16:17\x1b[39m [gateway] ready", "[diagnostic] x"}) {
    CAPTURE(line);
    CHECK(recognise_log_format(line) == LineFormat::console_text);
  }
}

TEST_CASE("recognise_log_format: lines that prove nothing") {
  for (
      const std::string line :
      {"", "pong", "{", "{}", R"({"message":"x"})", R"({"log":"x\n"})", "[]",
       "23:16:17 pong", "npm error code 128",
       R"([0] openclaw: [[1764432000.1, {}], {"log"=>"2026-06-05T00:11:06.506Z [gateway] ready"}])",
       R"([0] openclaw: [[1764432000.1, {}], {"log"=>"23:16:17 [gateway] ready"}])",
       "2026-06-05T00:11:07Z <3> 2026-06-05T00:11:06.506Z [gateway] ready"}) {
    CAPTURE(line);
    CHECK_FALSE(recognise_log_format(line));
  }
}
