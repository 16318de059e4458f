// SPDX-License-Identifier: Apache-2.0
#include "core/logs/turn_line.h"

#include "core/base/wall_time.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kHead =
    R"({"0":"{\"subsystem\":\"gateway/ws\"}","1":"⇄ res ✓ agent )";
constexpr std::string_view kMeta = R"(","_meta":{)";
constexpr std::string_view kDate = R"("date":")";
constexpr std::string_view kLevel =
    R"(Z","logLevelId":3,"logLevelName":"INFO")";
constexpr std::string_view kName = R"("name":"{\"subsystem\":\"gateway/ws\"}")";
constexpr std::size_t kDateBytes = sizeof "2026-11-20T23:34:37.123" - 1;

/// The name stands in front of the date (up to 2026.4) or behind the level.
bool is_named(std::string_view before, std::string_view behind) {
  return (behind.starts_with(',') && behind.substr(1).starts_with(kName)) ||
         before.find(kName) != std::string_view::npos;
}

}  // namespace

std::optional<WallTime> read_accepted_turn(std::string_view line) {
  if (!line.starts_with(kHead) || !line.ends_with('}')) return {};
  line.remove_prefix(kHead.size());
  const auto end = line.find('"');
  if (end == std::string_view::npos || !line.substr(end).starts_with(kMeta))
    return {};
  if (line.substr(0, end).find('\\') != std::string_view::npos) return {};
  line.remove_prefix(end + kMeta.size());
  const auto date = line.find(kDate);
  if (date == std::string_view::npos) return {};
  const auto before = line.substr(0, date);
  // Nothing nested: these are members of _meta itself.
  if (before.find('{') != before.find(R"({\")")) return {};
  line.remove_prefix(date + kDate.size());
  if (line.size() < kDateBytes || !line.substr(kDateBytes).starts_with(kLevel))
    return {};
  if (!is_named(before, line.substr(kDateBytes + kLevel.size()))) return {};
  return parse_iso8601(line.substr(0, kDateBytes + 1));
}

}  // namespace openclaw_lock
