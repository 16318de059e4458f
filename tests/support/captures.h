// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace openclaw_lock {

/// A file of tests/fixtures/captures, `VERSION/SCENARIO/FILE`.
inline std::string read_capture(const std::string& name) {
  std::ifstream file{TEST_DATA_DIR "/fixtures/captures/" + name,
                     std::ios::binary};
  if (!file) throw std::runtime_error{name};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// Lines without their newlines.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// Puts console lines into what Docker, kubelet or `journalctl -o json` write.
/// All arrive at 2026-11-20T23:59:59Z.
namespace wrapped {

using Wrap = std::string (*)(const std::string& line, bool on_stderr);

inline std::string docker(const std::string& line, bool on_stderr) {
  return nlohmann::json{{"log", line + '\n'},
                        {"stream", on_stderr ? "stderr" : "stdout"},
                        {"time", "2026-11-20T23:59:59.000000001Z"}}
             .dump() +
         '\n';
}

inline std::string cri(const std::string& line, bool on_stderr) {
  return std::string{"2026-11-20T23:59:59.000000001Z "} +
         (on_stderr ? "stderr" : "stdout") + " F " + line + '\n';
}

inline std::string journald(const std::string& line, bool /*on_stderr*/) {
  return nlohmann::json{{"MESSAGE", line},
                        {"__REALTIME_TIMESTAMP", "1795219199000000"}}
             .dump() +
         '\n';
}

}  // namespace wrapped
}  // namespace openclaw_lock
