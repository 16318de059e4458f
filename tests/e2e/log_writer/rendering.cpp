// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/log_writer/rendering.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string_view>

namespace openclaw_lock {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char byte : text) {
    switch (byte) {
      case '"':
      case '\\':
        out += '\\';
        out += byte;
        break;
      case '\n':
        out += "\\n";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += byte;
    }
  }
}

std::string_view name_of(Level level) {
  return level == Level::info ? "INFO"
                              : (level == Level::warn ? "WARN" : "ERROR");
}

template <typename... Pieces>
void append(std::string& out, const Pieces&... pieces) {
  ((out += pieces), ...);
}

/// `_meta.path`: which line of OpenClaw's wrote the record.
std::string to_path(const std::string& line, const std::string& column,
                    const std::string& method) {
  const std::string file = "subsystem-CWI_MDy_.js";
  const auto path = "2026.4.24/pkg/node_modules/openclaw/dist/" + file;
  return R"({"fullFilePath":"file:///usr/local/lib/node_modules/openclaw/dist/)" +
         file + ':' + line + ':' + column + R"(","fileName":")" + file +
         R"(","fileNameWithLine":")" + file + ':' + line +
         R"(","fileColumn":")" + column + R"(","fileLine":")" + line +
         R"(","filePath":")" + path + R"(","filePathWithLine":")" + path + ':' +
         line + R"(","method":")" + method + "\"}";
}

const std::string& path_of(const Record& record) {
  static const auto kLogger = to_path("337", "14", "logToFile");
  static const auto kError = to_path("161", "68", "console.error");
  static const auto kText = to_path("159", "46", "console.log");
  if (!record.subsystem.empty()) return kLogger;
  return record.level == Level::error ? kError : kText;
}

std::string to_file_log(const Record& record, const std::string& time) {
  const bool has_subsystem = !record.subsystem.empty();
  std::string binding = "openclaw";
  if (has_subsystem) {
    binding.clear();
    append(binding, R"({\"subsystem\":\")", record.subsystem, R"(\"})");
  }
  std::string line = R"({"0":")";
  if (has_subsystem) append(line, binding, R"(","1":")");
  append_escaped(line, record.message);
  append(line, record.filling,
         R"(","_meta":{"runtime":"node","runtimeVersion":"24.16.0",)",
         R"("hostname":"unknown","name":")", binding, "\"");
  if (has_subsystem) line += R"(,"parentNames":["openclaw"])";
  append(line, R"(,"date":")", time, R"(Z","logLevelId":)",
         std::to_string(static_cast<int>(record.level)), R"(,"logLevelName":")",
         name_of(record.level), R"(","path":)", path_of(record),
         R"(},"time":")", time, "+00:00\"}\n");
  return line;
}

std::string to_console(const Record& record, const std::string& time) {
  auto subsystem = record.subsystem;
  if (subsystem.starts_with("gateway/")) subsystem.remove_prefix(8);
  auto text = time + "+00:00 ";
  if (!subsystem.empty()) append(text, "[", subsystem, "] ");
  append(text, record.message, record.filling, "\n");
  return text;
}

/// Docker takes each line by itself, and in pieces of 16 KiB.
std::string to_docker(const Record& record, const std::string& time) {
  constexpr std::size_t kPiece = 16384;
  const auto text = to_console(record, time);
  const auto* stream = record.level == Level::info ? "stdout" : "stderr";
  std::string lines;
  for (std::string_view rest{text}; !rest.empty();) {
    auto size = std::min(rest.find('\n') + 1, kPiece);
    while (size < rest.size() && (rest[size] & 0xc0) == 0x80) --size;
    lines += R"({"log":")";
    append_escaped(lines, rest.substr(0, size));
    append(lines, R"(","stream":")", stream, R"(","time":")", time,
           "123456Z\"}\n");
    rest.remove_prefix(size);
  }
  return lines;
}

}  // namespace

std::string to_date(std::chrono::sys_days day) {
  const std::chrono::year_month_day date{day};
  std::array<char, 16> text;
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string to_time(std::chrono::sys_time<std::chrono::milliseconds> time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::hh_mm_ss clock{time - day};
  std::array<char, 24> text;
  const int length =
      std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d.%03d",
                    static_cast<int>(clock.hours().count()),
                    static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()),
                    static_cast<int>(clock.subseconds().count()));
  return to_date(day) +
         std::string{text.data(), static_cast<std::size_t>(length)};
}

std::string to_text(Style style, const Record& record,
                    const std::string& time) {
  switch (style) {
    case Style::docker:
      return to_docker(record, time);
    case Style::console:
      return to_console(record, time);
    default:
      return to_file_log(record, time);
  }
}

}  // namespace openclaw_lock
