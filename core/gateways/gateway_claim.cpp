// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/gateway_claim.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/javascript_date.h"
#include "core/base/javascript_json.h"

namespace openclaw_lock {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxBytes = 4096;
constexpr int kMaxDepth = 16;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : std::string{};
}

std::optional<std::uint64_t> number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return {};
  return found->get<std::uint64_t>();
}

/// Empty where the zone is not known.
std::optional<WallTime> time_of(const Json& object, const char* name) {
  const auto date = parse_javascript_date(text_of(object, name));
  return date && !date->is_local ? std::optional{date->time} : std::nullopt;
}

}  // namespace

Result<GatewayClaim> parse_gateway_claim(std::string_view body) {
  if (body.size() > kMaxBytes)
    return Problem{Fault::too_big, "gateway lock", "longer than 4096 bytes"};
  const auto shallow = [](int depth, Json::parse_event_t /*event*/,
                          Json& /*value*/) { return depth <= kMaxDepth; };
  const auto text = as_javascript_reads(body);
  const auto object = text ? Json::parse(*text, shallow, false)
                           : Json(Json::value_t::discarded);
  if (!object.is_object())
    return Problem{Fault::malformed, "gateway lock", "not a JSON object"};
  GatewayClaim claim;
  const auto pid = number_of(object, "pid");
  if (pid && *pid >= 1 &&
      *pid <= static_cast<std::uint64_t>(std::numeric_limits<int>::max()))
    claim.pid = static_cast<int>(*pid);
  claim.start_ticks = number_of(object, "startTime");
  claim.created_at = time_of(object, "createdAt");
  claim.config_path = text_of(object, "configPath");
  claim.state_dir = text_of(object, "stateDir");
  claim.role = text_of(object, "role");
  claim.has_owner = !text_of(object, "ownerId").empty();
  return claim;
}

}  // namespace openclaw_lock
