// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"

namespace openclaw_lock {

/// The longest line that a decoder looks at; a longer one is Fault::too_big.
/// OpenClaw caps a message at 4096 characters from 2026.4.26 on, not before.
inline constexpr std::size_t kMaxLogLineBytes = std::size_t{1} << 20;

/// In rising order; `unknown` compares below all. `silly` (tslog 0) is trace.
enum class RecordLevel { unknown, trace, debug, info, warn, error, fatal };

/// The level that OpenClaw's word names (`warn`, `WARN`), else unknown.
RecordLevel parse_record_level(std::string_view word);

/// Through what form a record reached us, and so how far it can be believed.
enum class LogSource {
  file_log,      ///< OpenClaw's JSON file log: no text can forge its fields
  console_json,  ///< `consoleStyle: "json"`: no text can forge its fields
  console_text,  ///< compact or pretty: a reply can look like a line
};

/// Which stream of the gateway a console line came from: `err` carries warn,
/// error and fatal, `out` all below and the replies of the model (OpenClaw
/// 2026.1.29 to 2026.9.6; not the CLI with `--json`, which has all on `err`).
enum class ConsoleStream { unknown, out, err };

/// One record of an OpenClaw log, whatever form it was written in.
struct LogRecord {
  /// The record's own time; where it has none, that of the wrapper around it.
  std::optional<WallTime> time;
  /// Always unknown in console text, which has no level: see `stream`.
  RecordLevel level = RecordLevel::unknown;
  /// `diagnostic`, `gateway/ws`, ...; shortened in console text (`ws`). Empty
  /// for text that a part of OpenClaw or the model printed.
  std::string subsystem;
  /// Console text: the first line only.
  std::string message;
  LogSource source = LogSource::file_log;
  ConsoleStream stream = ConsoleStream::unknown;  ///< console text only

  /// Fields beside the message (2026.7.2-beta.1 on; in console text 2026.9.6
  /// on). Absent where missing or of another type.
  std::optional<std::chrono::milliseconds> elapsed;  ///< `elapsedMs`
  std::string database;                              ///< path of the database
  /// `sqlitePrimaryCode`: 5 BUSY, 6 LOCKED. `code` itself is redacted.
  std::optional<int> sqlite_primary_code;
  std::string error;          ///< `error` as text, or its `errstr` (2026.8)
  std::string agent;          ///< `agentId`
  std::string decision;       ///< of `model fallback decision` (2026.3.11 on)
  std::string run_id;         ///< `runId`; not in console text
  std::string error_preview;  ///< `errorPreview`
  /// Another model is tried next: `nextCandidateProvider`, or `next=` of
  /// console text.
  bool has_next = false;
  /// `dropped`: records that the log's own queue lost (2026.7.2-beta.7 on).
  std::optional<std::uint64_t> dropped;

  bool operator==(const LogRecord&) const = default;
};

}  // namespace openclaw_lock
