// SPDX-License-Identifier: Apache-2.0
#include "core/logs/journald_json.h"

#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/logs/json_members.h"

namespace openclaw_lock {
namespace {

struct Entry {
  std::string message;
  bool has_message = false;
  bool is_null = false;
  bool is_cut = false;
  bool is_malformed = false;  ///< the field twice, or no bytes
  std::optional<WallTime> arrived_at;
};

std::optional<WallTime> parse_microseconds(std::string_view text) {
  const auto count = parse_integer<std::uint64_t>(text);
  if (!count) return {};
  return from_epoch_microseconds(*count);
}

void take_message(Entry& entry, const JsonPath& path, const JsonValue& value) {
  const bool is_byte = path.depth == 2 && path.names[1].empty();
  if (is_byte && value.whole && *value.whole <= 255) {
    entry.message += static_cast<char>(*value.whole);
  } else if (path.depth == 1 && value.text) {
    entry.message = *value.text;
  } else {
    entry.is_null = path.depth == 1;
    entry.is_malformed = !entry.is_null;
  }
  entry.has_message = true;
}

void take_member(Entry& entry, const JsonPath& path, const JsonValue& value) {
  if (path.names[0] == "MESSAGE") return take_message(entry, path, value);
  if (path.depth != 1 || !value.text) return;
  if (path.names[0] == "__REALTIME_TIMESTAMP")
    entry.arrived_at = parse_microseconds(*value.text);
  if (path.names[0] == "_LINE_BREAK") entry.is_cut = *value.text == "line-max";
}

}  // namespace

Result<std::optional<ConsoleLine>> JournaldJsonDecoder::decode(
    std::string_view line) {
  if (line.size() > kMaxLogLineBytes)
    return Problem{Fault::too_big, "log", "longer than 1 MiB"};
  Entry entry;
  const bool parsed = visit_json_members(
      line, [&](const JsonPath& path, const JsonValue& value) {
        take_member(entry, path, value);
      });
  if (!parsed || !entry.has_message || entry.is_malformed)
    return Problem{Fault::malformed, "log", "not an entry of the journal"};
  if (entry.is_null) return std::optional<ConsoleLine>{};
  auto joined = joiner_.add(entry.message, !entry.is_cut);
  if (!joined) return std::optional<ConsoleLine>{};
  return std::optional{ConsoleLine{std::move(*joined), ConsoleStream::unknown,
                                   entry.arrived_at}};
}

}  // namespace openclaw_lock
