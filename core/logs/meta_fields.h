// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/logs/json_members.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// Keeps a field beside the message if it is one that events need (see
/// LogRecord); all others and wrong types are ignored.
void take_meta_field(LogRecord& record, std::string_view name,
                     const JsonValue& value);

/// The ` key=value ...` behind a message on the console (2026.9.6 on, warn and
/// above, at most 2048 characters). A value ends at the next blank, one in
/// quotation marks at its closing one.
void take_meta_tail(LogRecord& record, std::string_view tail);

}  // namespace openclaw_lock
