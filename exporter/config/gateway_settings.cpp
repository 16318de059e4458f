// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/gateway_settings.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/gateways/glob_capture.h"
#include "exporter/config/setting_values.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLongestName = 128;

Problem refuse(std::string reason) {
  return {Fault::malformed, {}, std::move(reason)};
}

std::optional<Problem> check_captures(std::string_view text,
                                      const GatewaySettings& gateway) {
  const auto wanted = highest_capture(text);
  const auto stars =
      static_cast<std::size_t>(std::ranges::count(gateway.state_dir, '*'));
  if (wanted <= stars) return {};
  return refuse(quote(text) + " uses {" + std::to_string(wanted) +
                "}, but the state directory has only " + std::to_string(stars) +
                " *");
}

}  // namespace

Result<GatewaySettings> parse_gateway(std::string_view text) {
  GatewaySettings gateway;
  const auto equals = text.find('=');
  if (!text.starts_with('/') && equals != std::string_view::npos) {
    gateway.name = text.substr(0, equals);
    if (auto problem = check_gateway_name(gateway.name)) return *problem;
    text.remove_prefix(equals + 1);
  }
  auto state_dir = parse_absolute_path(text);
  if (!state_dir) return state_dir.problem();
  gateway.state_dir = *std::move(state_dir);
  if (auto problem = check_gateway(gateway)) return *problem;
  return gateway;
}

std::optional<Problem> check_gateway_name(std::string_view name) {
  if (name.empty()) return refuse("a name must not be empty");
  if (name.size() > kLongestName) return refuse("a name has at most 128 bytes");
  if (to_label_text(name, 3 * name.size()) != name)
    return refuse("a name is UTF-8 without control characters");
  return {};
}

std::optional<Problem> check_gateway(const GatewaySettings& gateway) {
  if (auto problem = check_captures(gateway.name, gateway)) return problem;
  for (const auto& dir : gateway.session_dirs)
    if (auto problem = check_captures(dir, gateway)) return problem;
  if (!gateway.name.empty() && is_glob(gateway.state_dir) &&
      highest_capture(gateway.name) == 0)
    return refuse("several directories would share the name " +
                  quote(gateway.name) +
                  "; put {1} in it for what the first * matches, or leave the "
                  "name out");
  return {};
}

std::optional<Problem> check_against(
    const std::vector<GatewaySettings>& gateways, const GatewaySettings& next) {
  for (const auto& gateway : gateways) {
    if (gateway.state_dir == next.state_dir)
      return refuse("state directory " + quote(next.state_dir) +
                    " is given twice");
    if (!next.name.empty() && gateway.name == next.name &&
        highest_capture(next.name) == 0)
      return refuse("gateway name " + quote(next.name) + " is given twice");
  }
  return {};
}

}  // namespace openclaw_lock
