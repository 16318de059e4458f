// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// Reads a line of OpenClaw's file log, 2026.1.29 to 2026.9.6 (a tslog record,
/// `openclaw` package, src/logging/logger.ts).
///
/// Positional arguments are members `"0"`, `"1"`, ... A child logger's `"0"` is
/// a string that holds JSON, `{"subsystem":"..."}` or `{"module":"..."}`, and
/// is repeated in `_meta.name`; only then it is believed, for a model may well
/// reply with such a text. The message is the first string behind it: fields
/// may stand before or behind the message. Without one it is the top-level
/// `message` (2026.4.26 on) or that of an Error argument. The time is
/// `_meta.date`, else `time`; the level `_meta.logLevelId` where that is 0 to
/// 6, else `_meta.logLevelName`. `dropped` counts from WARN on and without
/// _meta.
///
/// The marker at the size cap (2026.2.22 to 2026.4.24) and the note of lost
/// records have no `_meta`: `time`, `level`, `subsystem`, `message` count.
///
/// Malformed is what is not one JSON object with a message or an argument;
/// too_big what is longer than kMaxLogLineBytes.
Result<LogRecord> parse_openclaw_json(std::string_view line);

}  // namespace openclaw_lock
