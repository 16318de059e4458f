// SPDX-License-Identifier: Apache-2.0
#include "core/logs/console_json.h"

#include "core/logs/json_members.h"
#include "core/logs/meta_fields.h"
#include "core/logs/plain_text.h"

namespace openclaw_lock {
namespace {

/// True for the message itself.
bool take_member(LogRecord& record, const JsonPath& path,
                 const JsonValue& value) {
  if (path.is("error", "errstr")) take_meta_field(record, "error", value);
  if (path.depth != 1) return false;
  take_meta_field(record, path.names[0], value);
  if (!value.text) return false;
  if (path.names[0] == "time") record.time = parse_iso8601(*value.text);
  if (path.names[0] == "level") record.level = parse_record_level(*value.text);
  if (path.names[0] == "subsystem") record.subsystem = *value.text;
  if (path.names[0] != "message") return false;
  record.message = plain_text(*value.text);
  return true;
}

}  // namespace

Result<LogRecord> parse_console_json(std::string_view line) {
  if (line.size() > kMaxLogLineBytes)
    return Problem{Fault::too_big, "log", "longer than 1 MiB"};
  LogRecord record;
  record.source = LogSource::console_json;
  bool has_message = false;
  if (!visit_json_members(line,
                          [&](const JsonPath& path, const JsonValue& value) {
                            if (take_member(record, path, value))
                              has_message = true;
                          }))
    return Problem{Fault::malformed, "log", "not a JSON object"};
  if (!has_message) return Problem{Fault::malformed, "log", "has no message"};
  return record;
}

}  // namespace openclaw_lock
