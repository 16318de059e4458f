// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/log.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/captured_stderr.h"

namespace openclaw_lock {
namespace {

/// The line without its time stamp, whose form is checked.
std::string after_time(const std::string& line, std::string_view prefix) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  REQUIRE(line.size() > prefix.size() + kForm.size());
  CHECK(line.substr(0, prefix.size()) == prefix);
  auto time = line.substr(prefix.size(), kForm.size());
  for (auto& c : time)
    if (c >= '0' && c <= '9') c = '0';
  CHECK(time == kForm);
  return line.substr(prefix.size() + kForm.size());
}

TEST_CASE("format_line: logfmt quotes only what needs it") {
  const auto line = [](std::string value) {
    return log::format_line(LogFormat::logfmt, "started", {{"key", value}});
  };
  CHECK(line("plain/value:1") == "msg=started key=plain/value:1");
  CHECK(line("") == R"(msg=started key="")");
  CHECK(line("two words") == R"(msg=started key="two words")");
  CHECK(line("a=b") == R"(msg=started key="a=b")");
  CHECK(line(R"(say "hi" \o/)") == R"(msg=started key="say \"hi\" \\o/")");
  CHECK(log::format_line(LogFormat::logfmt, "two words", {}) ==
        R"(msg="two words")");
}

TEST_CASE("format_line: a value cannot begin a line or a field of its own") {
  const std::string hostile = "x\nts=1 level=error msg=forged\r\x1b[2J\x85";
  for (const auto format : {LogFormat::logfmt, LogFormat::json}) {
    const auto line = log::format_line(format, hostile, {{"key", hostile}});
    CAPTURE(line);
    for (const char c : line)
      CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
    CHECK(line.find("\x85") == std::string::npos);
  }
  const auto line = log::format_line(LogFormat::logfmt, "m", {{"k", hostile}});
  CHECK(line.substr(0, 7) == "msg=m k");
  CHECK(line.substr(7, 2) == "=\"");
  CHECK(line.back() == '"');
}

TEST_CASE("format_line: JSON members read back, ill-formed bytes replaced") {
  const auto members = log::format_line(LogFormat::json, "a \"b\"",
                                        {{"path", "\xff\\x"}, {"n", "1"}});
  const auto object = nlohmann::json::parse("{" + members + "}");
  CHECK(object.at("msg") == "a \"b\"");
  CHECK(object.at("path") == "\xEF\xBF\xBD\\x");
  CHECK(object.at("n") == "1");
}

TEST_CASE("format_line: a value is bounded") {
  const std::string huge(1 << 20, 'x');
  for (const auto format : {LogFormat::logfmt, LogFormat::json})
    CHECK(log::format_line(format, huge, {{"key", huge}}).size() < 1100);
}

TEST_CASE("log: levels below the chosen one are silent") {
  const CapturedStderr captured;
  log::configure(LogLevel::warn, LogFormat::logfmt);
  log::debug("no");
  log::info("no");
  log::warn("yes {} %v %s", {{"key", "{0}"}});
  log::error("yes");
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 2);
  CHECK(after_time(lines[0], "ts=") ==
        R"( level=warn msg="yes {} %v %s" key={0})");
  CHECK(after_time(lines[1], "ts=") == " level=error msg=yes");
}

TEST_CASE("log: JSON lines are objects with time, level and message") {
  const CapturedStderr captured;
  log::configure(LogLevel::debug, LogFormat::json);
  log::debug("first");
  log::info("second", {{"key", "va\"lue"}});
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 2);
  after_time(lines[0], R"({"ts":")");
  CHECK(nlohmann::json::parse(lines[0]).at("level") == "debug");
  const auto second = nlohmann::json::parse(lines[1]);
  CHECK(second.at("level") == "info");
  CHECK(second.at("msg") == "second");
  CHECK(second.at("key") == "va\"lue");
}

TEST_CASE("log: lines of several threads stay whole while the format changes") {
  constexpr int kThreads = 4;
  constexpr int kLines = 100;
  const CapturedStderr captured;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([] {
        for (int n = 0; n < kLines; ++n) log::info("whole line", {{"k", "v"}});
      });
    for (int n = 0; n < kLines; ++n)
      log::configure(LogLevel::info,
                     n % 2 == 0 ? LogFormat::json : LogFormat::logfmt);
  }
  const auto lines = captured.lines();
  CHECK(lines.size() == kThreads * kLines);
  for (const auto& line : lines) {
    CAPTURE(line);
    if (line[0] == '{')
      CHECK(nlohmann::json::accept(line));
    else
      CHECK(after_time(line, "ts=") == R"( level=info msg="whole line" k=v)");
  }
}

}  // namespace
}  // namespace openclaw_lock
