// SPDX-License-Identifier: Apache-2.0
#include "core/logs/json_envelope.h"

#include <optional>
#include <string>
#include <utility>

#include "core/logs/json_members.h"

namespace openclaw_lock {

Result<ConsoleLine> unwrap_json_envelope(std::string_view line) {
  if (line.size() > kMaxLogLineBytes)
    return Problem{Fault::too_big, "log", "longer than 1 MiB"};
  std::optional<std::string> text;
  ConsoleLine whole;
  const bool parsed = visit_json_members(
      line, [&](const JsonPath& path, const JsonValue& value) {
        if (!value.text || path.depth != 1) return;
        if (path.is("log") || path.is("line") || (path.is("message") && !text))
          text = *value.text;
        if (path.is("stream")) whole.stream = parse_stream(*value.text);
      });
  if (!parsed || !text)
    return Problem{Fault::malformed, "log", "not a line in a JSON object"};
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  whole.text = *std::move(text);
  return whole;
}

}  // namespace openclaw_lock
