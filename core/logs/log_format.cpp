// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_format.h"

#include <string>

#include "core/logs/console_text.h"
#include "core/logs/cri.h"
#include "core/logs/json_members.h"

namespace openclaw_lock {
namespace {

std::optional<LineFormat> recognise_json(std::string_view line) {
  if (line.size() > kMaxLogLineBytes) return {};
  bool tslog = false;
  bool log = false;
  bool stream = false;
  bool message = false;
  bool level = false;
  bool journal = false;
  const bool is_object = visit_json_members(
      line, [&](const JsonPath& path, const JsonValue& value) {
        if (path.names[0] == "_meta" || path.is("0")) tslog = true;
        if (path.names[0] == "MESSAGE") journal = true;
        if (path.depth != 1 || !value.text) return;
        if (path.names[0] == "log") log = true;
        if (path.names[0] == "stream") stream = true;
        if (path.names[0] == "message") message = true;
        if (path.names[0] == "level") level = true;
      });
  if (!is_object) return {};
  if (tslog) return LineFormat::openclaw_json;
  if (log && stream) return LineFormat::docker_json;
  if (journal) return LineFormat::journald_json;
  // The file log's own marker looks the same, but never comes first.
  if (message && level) return LineFormat::console_json;
  return {};
}

}  // namespace

std::optional<LineFormat> recognise_log_format(std::string_view line) {
  if (line.starts_with('{')) return recognise_json(line);
  if (CriDecoder{}.decode(line)) return LineFormat::cri;
  ConsoleTextDecoder decoder;
  const auto record = decoder.decode({std::string{line}, {}, {}});
  if (record && (record->time || !record->subsystem.empty()))
    return LineFormat::console_text;
  return {};
}

}  // namespace openclaw_lock
