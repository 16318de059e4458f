// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/logs/console_text.h"
#include "core/logs/cri.h"
#include "core/logs/docker_json.h"
#include "core/logs/incident_twins.h"
#include "core/logs/journald_json.h"
#include "core/logs/log_event.h"

using namespace openclaw_lock;

namespace {

/// What wraps a console line: text, stream, and whether it is cut in two.
using Wrap = std::string (*)(const std::string& text, bool is_error,
                             bool is_piece);

constexpr const char* kArrived = "2026-11-20T23:59:59.000000001Z";

std::string docker(const std::string& text, bool is_error, bool is_piece) {
  return nlohmann::json{{"log", is_piece ? text : text + "\n"},
                        {"stream", is_error ? "stderr" : "stdout"},
                        {"time", kArrived}}
      .dump();
}

std::string cri(const std::string& text, bool is_error, bool is_piece) {
  return std::string{kArrived} + (is_error ? " stderr " : " stdout ") +
         (is_piece ? "P " : "F ") + text;
}

std::string journald(const std::string& text, bool /*is_error*/,
                     bool is_piece) {
  nlohmann::json entry{{"MESSAGE", text},
                       {"__REALTIME_TIMESTAMP", "1795219199000000"}};
  if (is_piece) entry["_LINE_BREAK"] = "line-max";
  return entry.dump();
}

/// Plays a console through a wrapper, each line in two pieces: `lines
/// incidents`.
template <typename Decoder>
std::string replay(const std::string& capture, Wrap wrap) {
  std::ifstream file{std::string{TEST_DATA_DIR "/fixtures/captures/"} +
                     capture};
  REQUIRE(file.is_open());
  Decoder decoder;
  ConsoleTextDecoder console;
  IncidentTwins twins;
  int lines = 0;
  int incidents = 0;
  for (std::string text; std::getline(file, text);) {
    const bool is_error = text.find("+00:00 [diagnostic]") == 23;
    const auto half = text.size() / 2;
    const auto piece =
        decoder.decode(wrap(text.substr(0, half), is_error, true));
    REQUIRE(piece);
    CHECK_FALSE(*piece);
    const auto whole = decoder.decode(wrap(text.substr(half), is_error, false));
    REQUIRE(whole);
    REQUIRE(*whole);
    CHECK((*whole)->text == text);
    const auto record = console.decode(**whole);
    if (!record) continue;
    const bool credible = twins.is_credible(*record);
    const auto event = classify_log_record(*record);
    if (event && event->kind) ++lines;
    if (event && event->incident && credible) ++incidents;
  }
  return std::to_string(lines) + ' ' + std::to_string(incidents);
}

}  // namespace

TEST_CASE("log wrappers: a console means the same inside each") {
  const std::string capture =
      "2026.4.24/05-embedded-holds-gateway-turn-times-out/console.new";
  CHECK(replay<DockerJsonDecoder>(capture, docker) == "3 1");
  CHECK(replay<CriDecoder>(capture, cri) == "3 1");
  CHECK(replay<JournaldJsonDecoder>(capture, journald) == "3 1");
}

TEST_CASE("log wrappers: a reply on stdout is no event, whatever it says") {
  const auto on_stdout = [](const std::string& text, bool, bool is_piece) {
    return docker(text, false, is_piece);
  };
  for (const std::string capture :
       {"2026.4.24/14-reply-text-in-log/console.new",
        "2026.5.22/14-reply-text-in-log/console.new"}) {
    CHECK(replay<DockerJsonDecoder>(capture, on_stdout) == "0 0");
    CHECK(replay<JournaldJsonDecoder>(capture, journald) == "0 0");
  }
  CHECK(replay<DockerJsonDecoder>(
            "2026.4.24/06-gateway-holds-embedded-turn/embedded.out",
            on_stdout) == "0 0");
}
