// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/gateway_logs.h"

#include <algorithm>

#include "core/gateways/glob_capture.h"
#include "exporter/config/log_settings.h"
#include "exporter/config/setting_values.h"
#include "exporter/readers/directories/directory_facts.h"

namespace openclaw_lock {
namespace {

std::string in_rootfs(const Settings& settings, const std::string& source) {
  const bool is_path = source.starts_with('/') && settings.rootfs != "/";
  return is_path ? settings.rootfs.native() + source : source;
}

}  // namespace

std::vector<WatchedLog> configured_logs(
    const Settings& settings, const GatewaySettings* configured,
    const std::vector<std::string>& captures, const std::string& name,
    std::vector<Problem>& problems) {
  auto given = logs_from_flags(settings, configured, name);
  if (given.empty() && configured)
    for (const auto& source : configured->logs) given.push_back({name, source});
  std::vector<WatchedLog> logs;
  for (const auto& log : given) {
    const auto source = parse_log_source(expand_captures(log.source, captures));
    if (!source) {
      problems.push_back({Fault::malformed, log.source,
                          "cannot be made for gateway " + quote(name) + ": " +
                              source.problem().detail});
      continue;
    }
    logs.push_back(
        {in_rootfs(settings, *source), !configured && log.gateway.empty()});
  }
  return logs;
}

bool UsualLogs::Place::is_same(const Place& other) const {
  if (identity || other.identity) return identity == other.identity;
  return parent && parent == other.parent && name == other.name;
}

std::optional<DirectoryIdentity> UsualLogs::identity_of(
    const std::string& path) const {
  if (!gate_(path)) return {};
  const auto facts = directory_facts(path);
  return facts ? std::optional{facts->identity} : std::nullopt;
}

const UsualLogs::Place& UsualLogs::look_at(const std::string& parent,
                                           const std::string& name) {
  const auto path = parent + '/' + name;
  const auto [entry, is_new] = places_.try_emplace(path);
  auto& place = entry->second;
  if (!is_new) return place;
  place.path = path;
  place.name = name;
  place.identity = identity_of(path);
  if (!place.identity) place.parent = identity_of(parent);
  return place;
}

std::vector<WatchedLog> UsualLogs::below(const std::vector<std::string>& roots,
                                         std::optional<uid_t> owner) {
  std::vector<std::string> names{"openclaw"};
  if (owner) names.push_back("openclaw-" + std::to_string(*owner));
  std::vector<const Place*> places;
  for (const auto& root : roots) {
    for (const auto& name : names) {
      const auto& place = look_at(root + "/tmp", name);
      if (std::ranges::none_of(places, [&](const Place* other) {
            return place.is_same(*other);
          }))
        places.push_back(&place);
    }
  }
  std::vector<WatchedLog> logs;
  logs.reserve(places.size());
  for (const auto* place : places)
    logs.push_back({place->path + "/openclaw-*.log", true});
  return logs;
}

}  // namespace openclaw_lock
