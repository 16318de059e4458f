// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/log_settings.h"

#include <algorithm>

#include "core/gateways/glob_capture.h"
#include "exporter/config/gateway_settings.h"
#include "exporter/config/setting_values.h"

namespace openclaw_lock {
namespace {

/// As the user wrote it.
std::string value_of(const LogSettings& log) {
  return log.gateway.empty() ? log.source : log.gateway + '=' + log.source;
}

/// A gateway whose name is known only when its directory is.
bool has_open_name(const GatewaySettings& gateway) {
  return gateway.name.empty() || highest_capture(gateway.name) > 0;
}

bool is_only_gateway(const std::vector<GatewaySettings>& gateways) {
  return gateways.size() == 1 && !is_glob(gateways.front().state_dir);
}

/// The entry that a log names, or the only one; null where it names one of the
/// gateways that an entry may stand for.
const GatewaySettings* entry_of(const std::vector<GatewaySettings>& gateways,
                                const LogSettings& log) {
  if (log.gateway.empty())
    return is_only_gateway(gateways) ? &gateways.front() : nullptr;
  const auto found =
      std::ranges::find(gateways, log.gateway, &GatewaySettings::name);
  return found == gateways.end() ? nullptr : &*found;
}

std::optional<Problem> check_log(const std::vector<GatewaySettings>& gateways,
                                 const LogSettings& log) {
  const auto* entry = entry_of(gateways, log);
  if (!gateways.empty() && !entry) {
    if (log.gateway.empty())
      return refuse(
          "there may be several gateways, say of which it is: NAME=SOURCE");
    if (std::ranges::none_of(gateways, has_open_name))
      return refuse("no configured gateway is named " + quote(log.gateway));
  }
  if (entry && is_glob(entry->state_dir) && log.source == "-")
    return refuse("several directories would share standard input");
  return check_captures(log.source, entry ? entry->state_dir : "");
}

bool reads_standard_input(const Settings& settings,
                          const GatewaySettings& gateway) {
  return reads_standard_input(gateway) &&
         logs_from_flags(settings, &gateway, gateway.name).empty();
}

}  // namespace

Result<LogSettings> parse_log(std::string_view text) {
  LogSettings log;
  if (auto problem = split_gateway_name(text, log.gateway)) return *problem;
  auto source = parse_log_source(text);
  if (!source) return source.problem();
  log.source = *std::move(source);
  return log;
}

std::optional<Problem> check_against(const std::vector<LogSettings>& logs,
                                     const LogSettings& next) {
  for (const auto& log : logs) {
    if (log == next) return refuse("this log is given twice");
    if (log.source == "-" && next.source == "-")
      return refuse("standard input is given twice");
  }
  return {};
}

std::optional<Problem> check_logs(const Settings& settings) {
  const auto& gateways = settings.gateways;
  for (const auto& log : settings.logs) {
    auto problem = check_log(gateways, log);
    if (!problem && log.source == "-" &&
        std::ranges::any_of(gateways, [&](const auto& gateway) {
          return reads_standard_input(settings, gateway);
        }))
      problem = refuse("the configuration file gives it to another gateway");
    if (!problem) continue;
    problem->where = value_of(log);
    return problem;
  }
  return {};
}

std::vector<LogSettings> logs_from_flags(const Settings& settings,
                                         const GatewaySettings* configured,
                                         std::string_view name) {
  std::vector<LogSettings> logs;
  for (const auto& log : settings.logs) {
    const bool named = !log.gateway.empty() && log.gateway == name;
    const bool in_entry = configured
                              ? entry_of(settings.gateways, log) == configured
                              : log.gateway.empty();
    if (named || in_entry) logs.push_back(log);
  }
  return logs;
}

}  // namespace openclaw_lock
