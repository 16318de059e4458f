// SPDX-License-Identifier: Apache-2.0
#include "core/logs/meta_fields.h"

#include <algorithm>
#include <limits>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::int64_t kMaxElapsed = INT64_C(1000) * 60 * 60 * 24 * 365;

/// Cuts a value off the front of `rest`: `word` or `"some words"`.
std::string_view cut_value(std::string_view& rest) {
  const bool quoted = rest.starts_with('"');
  if (quoted) rest.remove_prefix(1);
  const auto end = std::min(rest.find(quoted ? '"' : ' '), rest.size());
  const auto value = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return value;
}

}  // namespace

void take_meta_field(LogRecord& record, std::string_view name,
                     const JsonValue& value) {
  if (value.text) {
    if (name == "database") record.database = *value.text;
    if (name == "error") record.error = *value.text;
    if (name == "agentId") record.agent = *value.text;
    if (name == "decision") record.decision = *value.text;
    if (name == "runId") record.run_id = *value.text;
    if (name == "errorPreview") record.error_preview = *value.text;
    if (name == "nextCandidateProvider") record.has_next = true;
    if (name == "next") record.has_next = *value.text != "none";
  }
  if (!value.whole) return;
  if (name == "elapsedMs" && *value.whole <= kMaxElapsed)
    record.elapsed = std::chrono::milliseconds{*value.whole};
  if (name == "sqlitePrimaryCode" &&
      *value.whole <= std::numeric_limits<int>::max())
    record.sqlite_primary_code = static_cast<int>(*value.whole);
  if (name == "dropped")
    record.dropped = static_cast<std::uint64_t>(*value.whole);
}

void take_meta_tail(LogRecord& record, std::string_view tail) {
  while (!tail.empty()) {
    const auto equals = tail.find('=');
    if (equals == std::string_view::npos) return;
    const auto blank = tail.substr(0, equals).rfind(' ');
    const auto name = tail.substr(
        blank == std::string_view::npos ? 0 : blank + 1,
        blank == std::string_view::npos ? equals : equals - blank - 1);
    tail.remove_prefix(equals + 1);
    const auto text = cut_value(tail);
    take_meta_field(record, name, {text, parse_integer<std::int64_t>(text)});
  }
}

}  // namespace openclaw_lock
