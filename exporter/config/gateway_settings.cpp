// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/gateway_settings.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/gateways/glob_capture.h"
#include "exporter/config/setting_values.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLongestName = 128;

/// Whether `path` is a directory that `pattern` matches, or is below one.
bool lies_in(const std::string& path, const std::string& pattern) {
  const auto depth = split_path(pattern).size();
  const auto parts = split_path(path);
  std::string top;
  for (std::size_t i = 0; i < std::min(depth, parts.size()); ++i)
    top.append("/").append(parts[i]);
  return match_glob(pattern, top.empty() ? "/" : top).has_value();
}

}  // namespace

Result<GatewaySettings> parse_gateway(std::string_view text) {
  GatewaySettings gateway;
  if (auto problem = split_gateway_name(text, gateway.name)) return *problem;
  auto state_dir = parse_absolute_path(text);
  if (!state_dir) return state_dir.problem();
  gateway.state_dir = *std::move(state_dir);
  if (auto problem = check_gateway(gateway)) return *problem;
  return gateway;
}

std::optional<Problem> split_gateway_name(std::string_view& text,
                                          std::string& name) {
  const auto equals = text.find('=');
  if (text.starts_with('/') || equals == std::string_view::npos) return {};
  name = text.substr(0, equals);
  text.remove_prefix(equals + 1);
  return check_gateway_name(name);
}

bool reads_standard_input(const GatewaySettings& gateway) {
  return std::ranges::find(gateway.logs, "-") != gateway.logs.end();
}

std::optional<Problem> check_gateway_name(std::string_view name) {
  if (name.empty()) return refuse("a name must not be empty");
  if (name.size() > kLongestName) return refuse("a name has at most 128 bytes");
  if (to_label_text(name, 3 * name.size()) != name)
    return refuse("a name is UTF-8 without control characters");
  return {};
}

std::optional<Problem> check_gateway(const GatewaySettings& gateway) {
  const auto& state_dir = gateway.state_dir;
  if (auto problem = check_captures(gateway.name, state_dir)) return problem;
  for (const auto* texts : {&gateway.session_dirs, &gateway.logs})
    for (const auto& text : *texts)
      if (auto problem = check_captures(text, state_dir)) return problem;
  if (is_glob(state_dir) && reads_standard_input(gateway))
    return refuse("several directories would share standard input (-)");
  if (!gateway.name.empty() && is_glob(state_dir) &&
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
    if (reads_standard_input(gateway) && reads_standard_input(next))
      return refuse("standard input (-) is given twice");
  }
  return {};
}

std::optional<Problem> check_captures(std::string_view text,
                                      std::string_view state_dir) {
  const auto wanted = highest_capture(text);
  const auto stars =
      static_cast<std::size_t>(std::ranges::count(state_dir, '*'));
  if (wanted <= stars) return {};
  return refuse(quote(text) + " uses {" + std::to_string(wanted) +
                "}, but the state directory has only " + std::to_string(stars) +
                " *");
}

std::optional<Problem> check_storage(const Settings& settings) {
  const auto& path = settings.storage_path.native();
  if (path.empty()) return {};
  const auto root = settings.rootfs == "/" ? "" : settings.rootfs.native();
  for (const auto& gateway : settings.gateways)
    if (lies_in(path, gateway.state_dir) ||
        lies_in(path, root + gateway.state_dir))
      return refuse("it lies in the state directory " +
                    quote(gateway.state_dir) +
                    ", where the exporter never writes");
  return {};
}

}  // namespace openclaw_lock
