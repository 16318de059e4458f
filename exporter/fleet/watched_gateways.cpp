// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/watched_gateways.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/fleet/log_facts.h"
#include "exporter/system/log.h"

namespace openclaw_lock {

namespace {

/// The state directory without the pid that the path leads through.
std::string named_path(const WatchedGateway& gateway) {
  return gateway.passing && gateway.state_dir.starts_with(gateway.root)
             ? gateway.state_dir.substr(gateway.root.size())
             : gateway.state_dir;
}

}  // namespace

MountViews CollectorContext::mount_views() const {
  return [scheduler_ = std::weak_ptr<Scheduler>{scheduler},
          procfs = settings.procfs](const std::string& path) {
    const auto alive = scheduler_.lock();
    return alive ? alive->domains().view_of(path)
                 : read_mount_view(procfs, path);
  };
}

WatchedGateways::WatchedGateways(CollectorContext context)
    : context_{std::move(context)} {}

void WatchedGateways::add(const WatchedGateway& gateway) {
  const std::lock_guard guard{mutex_};
  if (stopped_) return;
  const auto known = entries_.find(gateway.name);
  if (known != entries_.end()) {
    auto& entry = known->second;
    if (entry.gateway.state_dir != gateway.state_dir ||
        entry.gateway == gateway)
      return;
    entry.gateway = gateway;
    for (const auto& collector : entry.collectors) collector->watch(gateway);
    return;
  }
  log::info("watching a gateway",
            {{"gateway", gateway.name}, {"state_dir", named_path(gateway)}});
  auto& entry = entries_[gateway.name];
  entry.gateway = gateway;
  for (const auto make : kCollectors)
    if (auto collector = make(gateway, context_))
      entry.collectors.push_back(std::move(collector));
}

void WatchedGateways::end_others(const std::vector<WatchedGateway>& found) {
  std::set<std::pair<std::string, std::string>> kept;
  for (const auto& gateway : found)
    kept.emplace(gateway.name, gateway.state_dir);
  std::vector<Entry> ended;
  {
    const std::lock_guard guard{mutex_};
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      if (kept.contains({entry->first, entry->second.gateway.state_dir})) {
        ++entry;
        continue;
      }
      ended.push_back(std::move(entry->second));
      entry = entries_.erase(entry);
    }
  }
  for (const auto& entry : ended)
    log::info("a gateway is gone", {{"gateway", entry.gateway.name},
                                    {"state_dir", named_path(entry.gateway)}});
}

void WatchedGateways::replace(const std::vector<WatchedGateway>& found) {
  end_others(found);
  KnownPlaces places;
  for (const auto& gateway : found)
    for (const auto& dir : gateway.host_dirs) {
      places.dirs.push_back(dir);
      if (auto profile = encode_profile(profile_of_state_dir(dir));
          !profile.empty())
        places.profiles.emplace(std::move(profile), dir);
    }
  context_.places->set(std::move(places));
  for (const auto& gateway : found) add(gateway);
}

bool WatchedGateways::settled() const {
  const std::lock_guard guard{mutex_};
  return std::ranges::all_of(entries_, [](const auto& entry) {
    return std::ranges::all_of(
        entry.second.collectors,
        [](const auto& collector) { return collector->settled(); });
  });
}

std::vector<GatewaySnapshot> WatchedGateways::snapshot() const {
  const std::lock_guard guard{mutex_};
  std::vector<GatewaySnapshot> snapshots;
  snapshots.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) {
    auto& snapshot = snapshots.emplace_back();
    snapshot.name = name;
    for (const auto& collector : entry.collectors)
      collector->show(snapshot.readings);
  }
  return snapshots;
}

std::map<std::string, WallTime> WatchedGateways::incidents() const {
  std::map<std::string, WallTime> incidents;
  for (const auto& gateway : snapshot())
    if (const auto logs = gateway.readings.latest<LogFacts>();
        logs && logs->totals.last_timeout_at)
      incidents.emplace(gateway.name, *logs->totals.last_timeout_at);
  return incidents;
}

void WatchedGateways::stop() {
  std::map<std::string, Entry> ended;
  const std::lock_guard guard{mutex_};
  stopped_ = true;
  ended.swap(entries_);
}

}  // namespace openclaw_lock
