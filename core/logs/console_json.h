// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// Reads a console line of a gateway with `logging.consoleStyle: "json"`
/// (2026.1.29 to 2026.9.6): `{...fields,"time","level","subsystem","message"}`,
/// for text that something printed `{"time","level","message"}`. The subsystem
/// is not shortened.
///
/// Malformed is what is not one JSON object with a `message`; too_big what is
/// longer than kMaxLogLineBytes.
Result<LogRecord> parse_console_json(std::string_view line);

}  // namespace openclaw_lock
