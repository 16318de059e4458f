// SPDX-License-Identifier: Apache-2.0
#include "core/logs/openclaw_json.h"

#include <array>
#include <string>

#include "core/logs/json_members.h"
#include "core/logs/meta_fields.h"
#include "core/logs/plain_text.h"

namespace openclaw_lock {
namespace {

/// Arguments beyond this are ignored; OpenClaw passes at most four.
constexpr std::size_t kMaxArguments = 10;

std::optional<std::size_t> argument_index(std::string_view name) {
  if (name.size() != 1 || name[0] < '0' || name[0] > '9') return {};
  return static_cast<std::size_t>(name[0] - '0');
}

/// What a line says, before the parts are weighed against each other.
struct LineParts {
  LogRecord record;
  std::array<std::optional<std::string>, kMaxArguments> arguments;
  std::optional<std::string> message;
  std::string error_message;
  std::string logger_name;
  std::optional<WallTime> date;
  RecordLevel level_word = RecordLevel::unknown;
  std::optional<RecordLevel> level_id;
  bool has_meta = false;
  bool has_argument = false;
};

void take_top_member(LineParts& parts, std::string_view name,
                     const JsonValue& value) {
  if (const auto index = argument_index(name)) {
    parts.has_argument = true;
    if (value.text) parts.arguments[*index] = *value.text;
    return;
  }
  if (name == "dropped") take_meta_field(parts.record, name, value);
  if (!value.text) return;
  if (name == "message") parts.message = *value.text;
  if (name == "time") parts.record.time = parse_iso8601(*value.text);
  if (name == "level") parts.record.level = parse_record_level(*value.text);
  if (name == "subsystem") parts.record.subsystem = *value.text;
}

std::optional<RecordLevel> level_of_id(std::int64_t id) {
  constexpr std::array<RecordLevel, 7> kLevels{
      RecordLevel::trace, RecordLevel::trace, RecordLevel::debug,
      RecordLevel::info,  RecordLevel::warn,  RecordLevel::error,
      RecordLevel::fatal};
  if (id < 0 || id >= static_cast<std::int64_t>(kLevels.size())) return {};
  return kLevels[static_cast<std::size_t>(id)];
}

void take_meta_member(LineParts& parts, std::string_view name,
                      const JsonValue& value) {
  parts.has_meta = true;
  if (name == "logLevelId" && value.whole)
    parts.level_id = level_of_id(*value.whole);
  if (!value.text) return;
  if (name == "date") parts.date = parse_iso8601(*value.text);
  if (name == "logLevelName")
    parts.level_word = parse_record_level(*value.text);
  if (name == "name") parts.logger_name = *value.text;
}

void take_member(LineParts& parts, const JsonPath& path,
                 const JsonValue& value) {
  if (path.depth == 1) return take_top_member(parts, path.names[0], value);
  if (path.depth == 2 && path.names[0] == "_meta")
    return take_meta_member(parts, path.names[1], value);
  if (!argument_index(path.names[0])) return;
  parts.has_argument = true;
  if (path.depth == 2) {
    take_meta_field(parts.record, path.names[1], value);
    if (path.names[1] == "message" && value.text)
      parts.error_message = *value.text;
  }
  if (path.depth == 3 && path.names[1] == "error" && path.names[2] == "errstr")
    take_meta_field(parts.record, "error", value);
}

/// True where the first argument names the logger: it is no message then.
bool take_binding(LineParts& parts) {
  const auto& binding = parts.arguments[0];
  if (!binding || !binding->starts_with('{') || *binding != parts.logger_name)
    return false;
  std::optional<std::string> subsystem;
  std::string module;
  const bool is_object = visit_json_members(
      *binding, [&](const JsonPath& path, const JsonValue& value) {
        if (path.is("subsystem") && value.text) subsystem = *value.text;
        if (path.is("module") && value.text) module = *value.text;
      });
  if (is_object) parts.record.subsystem = subsystem.value_or(module);
  return is_object;
}

std::optional<std::string> take_message(LineParts& parts, bool bound) {
  for (std::size_t i = bound ? 1 : 0; i < kMaxArguments; ++i)
    if (parts.arguments[i]) return parts.arguments[i];
  if (parts.message) return parts.message;
  if (parts.has_argument) return parts.error_message;
  return {};
}

}  // namespace

Result<LogRecord> parse_openclaw_json(std::string_view line) {
  if (line.size() > kMaxLogLineBytes)
    return Problem{Fault::too_big, "log", "longer than 1 MiB"};
  LineParts parts;
  if (!visit_json_members(line,
                          [&](const JsonPath& path, const JsonValue& value) {
                            take_member(parts, path, value);
                          }))
    return Problem{Fault::malformed, "log", "not a JSON object"};
  // Beside _meta these are an application's own fields.
  if (parts.has_meta) parts.record.subsystem.clear();
  if (parts.has_meta)
    parts.record.level = parts.level_id.value_or(parts.level_word);
  if (parts.has_meta && parts.record.level < RecordLevel::warn)
    parts.record.dropped.reset();
  if (parts.date) parts.record.time = parts.date;
  const bool bound = parts.has_meta && take_binding(parts);
  const auto message = take_message(parts, bound);
  if (!message) return Problem{Fault::malformed, "log", "has no message"};
  parts.record.message = plain_text(*message);
  return parts.record;
}

}  // namespace openclaw_lock
