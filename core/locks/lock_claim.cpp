// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_claim.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace openclaw_lock {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMaxMilliseconds =
    INT64_C(253402300799999);  // year 9999

/// A JSON number without fraction from 0 on, as JavaScript's isInteger has it.
std::optional<std::int64_t> whole_number(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (found->is_number_unsigned()) {
    const auto value = found->get<std::uint64_t>();
    constexpr auto kMax =
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > kMax) return {};
    return static_cast<std::int64_t>(value);
  }
  if (found->is_number_float()) {
    const double value = found->get<double>();
    if (!(value >= 0) || value > 9007199254740992.0 ||
        value != std::floor(value))
      return {};
    return static_cast<std::int64_t>(value);
  }
  return {};
}

std::optional<WallTime> created_at(const Json& object) {
  const auto found = object.find("createdAt");
  if (found != object.end() && found->is_string())
    return parse_iso8601(found->get_ref<const std::string&>());
  const auto started = whole_number(object, "startedAt");
  if (!started || *started > kMaxMilliseconds) return {};
  return WallTime{std::chrono::milliseconds{*started}};
}

bool too_deep(std::string_view body) {
  constexpr int kMaxDepth = 16;
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++i;
    if (in_string) continue;
    if ((c == '{' || c == '[') && ++depth > kMaxDepth) return true;
    if (c == '}' || c == ']') --depth;
  }
  return false;
}

}  // namespace

Result<LockClaim> parse_lock_claim(std::string_view body) {
  if (body.size() > kMaxLockBytes)
    return Problem{Fault::too_big, "lock", "longer than 4096 bytes"};
  if (too_deep(body))
    return Problem{Fault::malformed, "lock", "nested too deep"};
  // The parser takes a NUL for the end.
  const bool whole = body.find('\0') == std::string_view::npos;
  const Json object = Json::parse(body, nullptr, false);
  if (!whole || !object.is_object())
    return Problem{Fault::malformed, "lock", "not a JSON object"};

  LockClaim claim;
  const auto pid = whole_number(object, "pid");
  if (pid && *pid >= 1 && *pid <= std::numeric_limits<int>::max())
    claim.pid = static_cast<int>(*pid);
  claim.created_at = created_at(object);
  if (const auto start = whole_number(object, "starttime"))
    claim.start_ticks = static_cast<std::uint64_t>(*start);
  const auto max_hold = whole_number(object, "maxHoldMs");
  if (max_hold && *max_hold > 0 && *max_hold <= kMaxMilliseconds)
    claim.max_hold = std::chrono::milliseconds{*max_hold};
  return claim;
}

}  // namespace openclaw_lock
