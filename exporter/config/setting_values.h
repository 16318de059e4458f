// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

// Values of settings, the same for a flag and for a key of the file. A refused
// value is a Problem with an empty `where` and a `detail` that says what would
// be right, fit to follow a colon.

/// Such a problem.
Problem refuse(std::string reason);

/// `1.2.3.4:10069`, `[::1]:10069`, `:10069` (all addresses of both families),
/// `localhost:10069` (127.0.0.1) or `unix:/path`; port 0 to 65535.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// The address as parse_listen_address reads it.
std::string to_text(const ListenAddress& address);

/// 100 ms to 1 h, in the notation of parse_duration.
Result<std::chrono::milliseconds> parse_sample_interval(std::string_view text);

/// 1 s to 24 h, in the notation of parse_duration.
Result<std::chrono::milliseconds> parse_probe_interval(std::string_view text);

/// Path of the metrics endpoint: `/` and then letters, digits, `.`, `_`, `~`,
/// `-` and single `/`; neither the landing page `/` nor below `/-/`.
Result<std::string> parse_telemetry_path(std::string_view text);

/// A whole number up to 4294967295; 0 means no limit.
Result<unsigned> parse_max_requests(std::string_view text);

/// `debug`, `info`, `warn`, `error`.
Result<LogLevel> parse_log_level(std::string_view text);

/// `logfmt`, `json`.
Result<LogFormat> parse_log_format(std::string_view text);

/// `true`, `false`.
Result<bool> parse_switch(std::string_view text);

/// An absolute path of at most 4095 bytes without `..` and control
/// characters; double and trailing slashes and `.` are taken out. Wildcards are
/// ordinary characters here.
Result<std::string> parse_absolute_path(std::string_view text);

/// Where log lines come from: the absolute path of a file, which may hold `*`
/// and `?` (as parse_absolute_path, no slash at its end); `-`, standard input;
/// or `journald:UNIT`, the journal of a unit of systemd, whose name has 1 to
/// 255 letters, digits and `:_.\@-`, or captures in their place.
Result<std::string> parse_log_source(std::string_view text);

/// As parse_absolute_path.
Result<std::filesystem::path> parse_directory(std::string_view text);

/// Absolute, and ends in `.prom`.
Result<std::filesystem::path> parse_textfile_path(std::string_view text);

/// Any path that is not empty, also a relative one.
Result<std::filesystem::path> parse_config_file_path(std::string_view text);

/// A value of the user as it may stand in a message: in double quotes, one
/// line, at most 128 bytes.
std::string quote(std::string_view value);

/// `invalid value "VALUE" for NAME: REASON`.
std::string describe_invalid(std::string_view name, std::string_view value,
                             std::string_view reason);

}  // namespace openclaw_lock
