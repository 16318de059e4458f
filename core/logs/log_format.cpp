// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_format.h"

#include <array>
#include <string>

#include "core/base/wall_time.h"
#include "core/logs/console_text.h"
#include "core/logs/cri.h"
#include "core/logs/json_envelope.h"
#include "core/logs/json_members.h"
#include "core/logs/plain_text.h"

namespace openclaw_lock {
namespace {

/// A header of a gateway's console, `2026-11-28T16:00:00.000+00:00 [gateway] `
/// or `16:00:00 [gateway] `, behind something else.
bool holds_header(std::string_view line) {
  constexpr std::size_t kMostBefore = 256;
  constexpr std::string_view kTag = " [";
  for (auto tag = line.find(kTag); tag < kMostBefore;
       tag = line.find(kTag, tag + 1)) {
    const auto before = line.substr(0, tag);
    const auto begin = before.find_last_not_of("0123456789-:.+TZ") + 1;
    const auto word = before.substr(begin);
    const bool is_time = parse_iso8601(word) ||
                         parse_iso8601("1970-01-01T" + std::string{word} + "Z");
    if (begin > 0 && is_time) return true;
  }
  return false;
}

/// The name of a member of JSON, which may stand in a string of JSON.
bool holds_member(std::string_view line, std::string_view name) {
  for (auto at = line.find(name); at != std::string_view::npos;
       at = line.find(name, at + 1)) {
    const auto behind = line.substr(at + name.size());
    if (at > 0 && line[at - 1] == '"' &&
        (behind.starts_with(R"(":)") || behind.starts_with(R"(\":)")))
      return true;
  }
  return false;
}

bool holds_json(std::string_view line) {
  return holds_member(line, "_meta") ||
         (holds_member(line, "level") && holds_member(line, "message"));
}

std::optional<LineFormat> recognise_text(std::string_view line) {
  ConsoleTextDecoder decoder;
  const auto record = decoder.decode({std::string{line}, {}, {}});
  if (record && (record->time || !record->subsystem.empty()) &&
      !holds_gateway_line(line))
    return LineFormat::console_text;
  return {};
}

bool is_gateway_line(std::string_view line) {
  return is_of_gateway(recognise_log_format(line));
}

/// JSON with a level and a message. OpenClaw's own has a time, too, and its
/// messages begin with none: a line of the gateway that a log shipper has
/// wrapped like that may as well be a reply.
std::optional<LineFormat> recognise_leveled(std::string_view line,
                                            bool has_time) {
  const auto inside = unwrap_json_envelope(line);
  const bool is_whole_line =
      inside &&
      (inside->text.starts_with('{') ||
       parse_iso8601(inside->text.substr(0, inside->text.find(' ')))) &&
      is_gateway_line(inside->text);
  if (!is_whole_line) return LineFormat::console_json;
  return has_time ? std::nullopt : std::optional{LineFormat::json_envelope};
}

std::optional<LineFormat> recognise_json(std::string_view line) {
  if (line.size() > kMaxLogLineBytes) return {};
  bool tslog = false;
  bool log = false;
  bool stream = false;
  bool time = false;
  bool other = false;
  bool message = false;
  bool level = false;
  bool journal = false;
  const bool is_object = visit_json_members(
      line, [&](const JsonPath& path, const JsonValue& value) {
        if (path.names[0] == "_meta" || path.is("0")) tslog = true;
        if (path.names[0] == "MESSAGE") journal = true;
        other = other || !(path.is("log") || path.is("stream") ||
                           path.is("time") || path.names[0] == "attrs");
        if (path.depth != 1 || !value.text) return;
        if (path.names[0] == "log") log = true;
        if (path.names[0] == "stream") stream = true;
        if (path.names[0] == "time") time = true;
        if (path.names[0] == "message") message = true;
        if (path.names[0] == "level") level = true;
      });
  if (!is_object) return {};
  if (tslog) return LineFormat::openclaw_json;
  if (log && stream && time && !other) return LineFormat::docker_json;
  if (journal) return LineFormat::journald_json;
  // The file log's own marker looks the same, but never comes first.
  if (message && level) return recognise_leveled(line, time);
  const auto inside = unwrap_json_envelope(line);
  if (inside && is_gateway_line(inside->text)) return LineFormat::json_envelope;
  return {};
}

}  // namespace

std::string_view to_string(LineFormat format) {
  constexpr std::array<std::string_view, kLineFormatCount> kNames{
      "openclaw_json", "console_text",  "console_json", "docker_json",
      "cri",           "journald_json", "json_envelope"};
  return kNames[static_cast<std::size_t>(format)];
}

bool is_of_gateway(std::optional<LineFormat> format) {
  return format == LineFormat::console_text ||
         format == LineFormat::console_json ||
         format == LineFormat::openclaw_json;
}

bool holds_gateway_line(std::string_view line) {
  if (holds_json(line) || holds_header(line)) return true;
  return line.find('\x1b') != line.npos && holds_header(plain_text(line));
}

std::optional<LineFormat> recognise_log_format(std::string_view line) {
  if (line.starts_with('{')) return recognise_json(line);
  if (CriDecoder{}.decode(line)) return LineFormat::cri;
  return recognise_text(line);
}

}  // namespace openclaw_lock
