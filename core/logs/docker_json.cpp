// SPDX-License-Identifier: Apache-2.0
#include "core/logs/docker_json.h"

#include <string>
#include <utility>

#include "core/logs/json_members.h"

namespace openclaw_lock {

Result<std::optional<ConsoleLine>> DockerJsonDecoder::decode(
    std::string_view line) {
  if (line.size() > kMaxLogLineBytes)
    return Problem{Fault::too_big, "log", "longer than 1 MiB"};
  std::optional<std::string> text;
  ConsoleLine whole;
  const bool parsed = visit_json_members(
      line, [&](const JsonPath& path, const JsonValue& value) {
        if (!value.text) return;
        if (path.is("log")) text = *value.text;
        if (path.is("stream")) whole.stream = parse_stream(*value.text);
        if (path.is("time")) whole.arrived_at = parse_iso8601(*value.text);
      });
  if (!parsed || !text || whole.stream == ConsoleStream::unknown)
    return Problem{Fault::malformed, "log", "not an entry of json-file"};
  const bool is_last = text->ends_with('\n');
  if (is_last) text->pop_back();
  auto& joiner = whole.stream == ConsoleStream::err ? err_ : out_;
  auto joined = joiner.add(*text, is_last);
  if (!joined) return std::optional<ConsoleLine>{};
  whole.text = std::move(*joined);
  return std::optional{std::move(whole)};
}

}  // namespace openclaw_lock
