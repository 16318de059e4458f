// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "exporter/config/settings.h"

/// Our own log, on standard error, one line an event: logfmt
/// `ts=2026-11-20T23:10:02.836Z level=info msg="..." key=value` or the same as
/// a JSON object. Never carries a lock's name, a session key, a pid or a line
/// of OpenClaw's log. Thread-safe; values are escaped and made valid UTF-8.
namespace openclaw_lock::log {

struct Field {
  std::string_view key;  ///< lower_snake, ours
  std::string value;
};
using Fields = std::initializer_list<Field>;

void configure(LogLevel level, LogFormat format);

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});

/// Waits until everything said so far is written.
void flush();

/// The line without time and level, for tests: `msg="..." key=value`, or the
/// members of the JSON object without the braces.
std::string format_line(LogFormat format, std::string_view message,
                        Fields fields);

}  // namespace openclaw_lock::log
