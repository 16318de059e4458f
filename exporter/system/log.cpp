// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace openclaw_lock::log {
namespace {

constexpr std::size_t kMaxValueBytes = 512;

/// One logger a format, both for good: a change of format then swaps one
/// pointer, and no line is written half in the old form.
struct Loggers {
  Loggers() {
    prepare(logfmt, "ts=%Y-%m-%dT%H:%M:%S.%eZ %v");
    prepare(json, R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ",%v})");
  }

  static void prepare(spdlog::logger& logger, const char* pattern) {
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        pattern, spdlog::pattern_time_type::utc));
    logger.set_level(spdlog::level::info);
    logger.set_error_handler([](const std::string&) {});
  }

  spdlog::logger logfmt{"logfmt",
                        std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  spdlog::logger json{"json",
                      std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::atomic<LogFormat> format{LogFormat::logfmt};
};

/// Never destroyed: threads may speak while the process ends.
Loggers& loggers() {
  static auto& instance = *new Loggers;
  return instance;
}

spdlog::logger& logger_of(LogFormat format) {
  return format == LogFormat::json ? loggers().json : loggers().logfmt;
}

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view level_word(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

void append_logfmt(std::string& line, std::string_view key,
                   std::string_view value) {
  const auto text = to_label_text(value, kMaxValueBytes);
  if (!line.empty()) line += ' ';
  line.append(key).append("=");
  if (!text.empty() && text.find_first_of(" =\"\\") == std::string::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') line += '\\';
    line += c;
  }
  line += '"';
}

std::string json_string(std::string_view value) {
  return nlohmann::json(to_label_text(value, kMaxValueBytes))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json(std::string& line, std::string_view key,
                 std::string_view value) {
  if (!line.empty()) line += ',';
  line += json_string(key) + ':' + json_string(value);
}

void append(LogFormat format, std::string& line, std::string_view key,
            std::string_view value) {
  if (format == LogFormat::json)
    append_json(line, key, value);
  else
    append_logfmt(line, key, value);
}

void append_event(LogFormat format, std::string& line, std::string_view message,
                  Fields fields) {
  append(format, line, "msg", message);
  for (const auto& field : fields) append(format, line, field.key, field.value);
}

void say(LogLevel level, std::string_view message, Fields fields) noexcept {
  try {
    const auto format = loggers().format.load();
    auto& logger = logger_of(format);
    if (!logger.should_log(spdlog_level(level))) return;
    std::string line;
    append(format, line, "level", level_word(level));
    append_event(format, line, message, fields);
    logger.log(spdlog_level(level), line);
  } catch (...) {  // NOLINT(bugprone-empty-catch): nowhere left to report to
  }
}

}  // namespace

void configure(LogLevel level, LogFormat format) {
  loggers().logfmt.set_level(spdlog_level(level));
  loggers().json.set_level(spdlog_level(level));
  loggers().format = format;
}

void debug(std::string_view message, Fields fields) {
  say(LogLevel::debug, message, fields);
}

void info(std::string_view message, Fields fields) {
  say(LogLevel::info, message, fields);
}

void warn(std::string_view message, Fields fields) {
  say(LogLevel::warn, message, fields);
}

void error(std::string_view message, Fields fields) {
  say(LogLevel::error, message, fields);
}

void flush() { logger_of(loggers().format.load()).flush(); }

std::string format_line(LogFormat format, std::string_view message,
                        Fields fields) {
  std::string line;
  append_event(format, line, message, fields);
  return line;
}

}  // namespace openclaw_lock::log
