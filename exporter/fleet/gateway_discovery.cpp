// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/gateway_discovery.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {

GatewayDiscovery::GatewayDiscovery(const Settings& settings,
                                   DiscoveryEnvironment environment)
    : environment_{std::move(environment)} {
  use(std::make_shared<const Settings>(settings));
}

void GatewayDiscovery::use(std::shared_ptr<const Settings> settings) {
  settings_ = std::move(settings);
  entries_.clear();
  for (const auto& gateway : settings_->gateways)
    entries_.emplace(entry_of(gateway), &gateway);
}

void GatewayDiscovery::configure(const Settings& settings) {
  auto now = std::make_shared<Settings>(*settings_);
  now->gateways = settings.gateways;
  now->logs = settings.logs;
  const bool discovering = now->gateways.empty();
  use(std::move(now));
  std::set<std::string> entries;
  for (const auto& [entry, gateway] : entries_) entries.insert(entry);
  register_.keep(entries, discovering);
  for (auto& [name, memory] : memory_) memory.described_at.reset();
  std::set<std::string> kept;
  for (const auto& gateway : register_.gateways()) kept.insert(gateway.name);
  std::erase_if(gateways_, [&](const WatchedGateway& gateway) {
    return !kept.contains(gateway.name);
  });
}

LookOrder GatewayDiscovery::order() const {
  LookOrder order{settings_, environment_, {}};
  for (const auto& gateway : gateways_) {
    KnownGateway known{gateway.state_dir, {}, gateway.passing};
    if (const auto memory = memory_.find(gateway.name);
        memory != memory_.end()) {
      known.entry = memory->second.entry;
      known.contained = memory->second.contained;
      known.owner = memory->second.owner;
      known.captures = memory->second.captures;
      known.described_at = memory->second.described_at;
      known.identity = memory->second.identity;
      known.processes = gateway.processes;
      known.home = gateway.home;
      known.named = memory->second.named;
      known.links = memory->second.links;
    }
    order.known.push_back(std::move(known));
  }
  return order;
}

void GatewayDiscovery::tell(const Memory& memory,
                            std::vector<Problem>& problems) {
  problems.insert(problems.end(), memory.problems.begin(),
                  memory.problems.end());
  if (memory.named)
    problems.insert(problems.end(), memory.named->problems.begin(),
                    memory.named->problems.end());
}

void GatewayDiscovery::describe(const RegisteredGateway& gateway,
                                const SeenDirectory* seen, WallTime now,
                                std::vector<Problem>& problems) {
  const auto before = before_.find(gateway.name);
  auto watched = before == before_.end() ? WatchedGateway{} : before->second;
  watched.name = gateway.name;
  watched.state_dir = gateway.state_dir;
  watched.origin = gateway.origin;
  watched.missing = gateway.missing;
  if (watched.home.empty()) watched.home = gateway.state_dir;
  auto& memory = memory_[gateway.name];
  if (seen && !seen->is_as_before) watched.session_dirs = seen->session_dirs;
  // Of what does not answer, what was known before still holds.
  if (before != before_.end() &&
      (!seen || seen->is_as_before ||
       seen->gateway.presence == Presence::unknown)) {
    // A new configuration holds for it all the same.
    if (!memory.described_at)
      if (auto logs = find_logs(gateway.name, memory); !logs.empty())
        watched.logs = std::move(logs);
    tell(memory, problems);
    gateways_.push_back(std::move(watched));
    return;
  }
  if (seen) {
    memory.contained = seen->contained;
    memory.entry = seen->gateway.entry;
    memory.captures = seen->captures;
    memory.described_at = now;
    memory.identity = seen->gateway.identity;
    memory.named = seen->named;
    memory.links = seen->links;
    if (!seen->processes.empty()) memory.owner = seen->owner;
    auto names = seen->process_names;
    memory.process_names.merge(names);
    watched.passing = seen->gateway.passing;
    watched.root = seen->root;
    if (!seen->home.empty()) watched.home = seen->home;
    watched.owner = seen->owner;
    watched.processes = seen->processes;
    watched.named_dirs = seen->named ? seen->named->session_dirs : std::nullopt;
    watched.host_dirs.assign(seen->host_dirs.begin(), seen->host_dirs.end());
    auto own = seen->own_dirs;
    own.insert(memory.process_names.begin(), memory.process_names.end());
    watched.own_dirs.assign(own.begin(), own.end());
  }
  auto logs = find_logs(gateway.name, memory);
  watched.logs = logs.empty() && seen ? seen->usual_logs : std::move(logs);
  tell(memory, problems);
  gateways_.push_back(std::move(watched));
}

std::vector<WatchedLog> GatewayDiscovery::find_logs(const std::string& name,
                                                    Memory& memory) const {
  const auto entry = entries_.find(memory.entry);
  memory.problems.clear();
  return configured_logs(*settings_,
                         entry == entries_.end() ? nullptr : entry->second,
                         memory.captures, name, memory.problems);
}

void GatewayDiscovery::take(const GatewaysSeen& seen, WallTime now,
                            const std::map<std::string, WallTime>& incidents,
                            std::vector<Problem>& problems) {
  if (seen.settings != settings_) return;
  problems.insert(problems.end(), seen.problems.begin(), seen.problems.end());
  std::vector<SeenGateway> gateways;
  std::map<std::string, const SeenDirectory*> by_path;
  for (const auto& directory : seen.directories) {
    gateways.push_back(directory.gateway);
    by_path.emplace(directory.gateway.state_dir, &directory);
  }
  register_.update(gateways, now, incidents, problems);
  before_.clear();
  for (auto& gateway : gateways_) {
    auto name = gateway.name;
    before_.emplace(std::move(name), std::move(gateway));
  }
  gateways_.clear();
  for (const auto& gateway : register_.gateways()) {
    const auto found = by_path.find(gateway.state_dir);
    describe(gateway, found == by_path.end() ? nullptr : found->second, now,
             problems);
  }
  before_.clear();
  std::set<std::string> names;
  for (const auto& gateway : gateways_) names.insert(gateway.name);
  std::erase_if(memory_,
                [&](const auto& one) { return !names.contains(one.first); });
}

const std::vector<WatchedGateway>& GatewayDiscovery::round(
    const ProcessFacts* facts, WallTime now, const Gate& gate,
    std::vector<Problem>& problems) {
  take(look_for_gateways(order(), facts, now, gate), now, {}, problems);
  return gateways_;
}

}  // namespace openclaw_lock
