// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/logs/console_line.h"

namespace openclaw_lock {

/// Unwraps a console line that a log shipper has put into a JSON object of its
/// own: the text is `log` (fluent-bit), `line` (logcli, promtail) or `message`
/// (vector, filebeat), the stream `stream` where it is there. When the line was
/// written is taken from itself alone: shippers write times of many meanings.
/// Malformed is what has no such text; too_big what is longer than
/// kMaxLogLineBytes.
Result<ConsoleLine> unwrap_json_envelope(std::string_view line);

}  // namespace openclaw_lock
