// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace openclaw_lock {

/// Lines of OpenClaw 2026.4.24's file log, each with a time of its own: record
/// number `n` was written n ms after 2026-11-20T00:00:00Z (n below 86400000).
namespace log_records {

inline std::string clock_of(std::uint32_t n) {
  const auto two = [](std::uint32_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const auto ms = std::to_string(1000 + n % 1000).substr(1);
  return "2026-11-20T" + two(n / 3600000) + ':' + two(n / 60000 % 60) + ':' +
         two(n / 1000 % 60) + '.' + ms;
}

inline std::string record(std::uint32_t n, const std::string& subsystem,
                          int level, const std::string& message) {
  const auto name = R"("{\"subsystem\":\")" + subsystem + R"(\"}")";
  const std::string word = level == 5 ? "ERROR" : level == 4 ? "WARN" : "INFO";
  return R"({"0":)" + name + R"(,"1":")" + message +
         R"(","_meta":{"runtime":"node","runtimeVersion":"24.16.0",)"
         R"("hostname":"unknown","name":)" +
         name + R"(,"parentNames":["openclaw"],"date":")" + clock_of(n) +
         R"(Z","logLevelId":)" + std::to_string(level) +
         R"(,"logLevelName":")" + word + R"("},"time":")" + clock_of(n) +
         "+00:00\"}\n";
}

/// A record that means nothing, with about `padding` bytes of text.
inline std::string plain(std::uint32_t n, std::size_t padding = 0) {
  std::string text = "res";
  while (text.size() < padding) text += ' ' + std::to_string(n);
  return record(n, "gateway/ws", 3, text);
}

/// A run of the agent that failed by its session's lock: one incident.
inline std::string incident(std::uint32_t n,
                            const std::string& agent = "main") {
  return record(n, "diagnostic", 5,
                "lane task error: lane=session:agent:" + agent +
                    ":main durationMs=17733 error=\\\"SessionWriteLockTimeout"
                    "Error: session file locked (timeout 10000ms): pid=13623 "
                    "/s/agents/" +
                    agent + "/sessions/1e29302e.jsonl.lock\\\"");
}

}  // namespace log_records
}  // namespace openclaw_lock
