// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/gateway_discovery.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "core/base/text.h"
#include "core/gateways/gateway_name.h"
#include "core/gateways/glob_capture.h"
#include "core/procfs/filesystem_type.h"
#include "core/procfs/mountinfo.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/system/glob_walker.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxGateways = 1000;
constexpr std::size_t kMaxSessionDirectories = 4096;
constexpr std::size_t kMaxNames = 64;     // of one state dir
constexpr std::size_t kMaxLogRoots = 64;  // of one gateway

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string home_of_user() {
  if (auto home = variable("HOME"); home.starts_with('/')) return home;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 16384> buffer;
  ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  return found && found->pw_dir ? found->pw_dir : "";
}

}  // namespace

DiscoveryEnvironment DiscoveryEnvironment::of_this_process() {
  return {variable("OPENCLAW_STATE_DIR"), home_of_user()};
}

GatewayDiscovery::GatewayDiscovery(const Settings& settings,
                                   DiscoveryEnvironment environment)
    : settings_{settings},
      environment_{std::move(environment)},
      openclaw_{settings.procfs} {
  if (settings_.rootfs == "/") return;
  const auto root = directory_facts(settings_.rootfs);
  real_rootfs_ = root ? root->real_path : settings_.rootfs.native();
}

std::string GatewayDiscovery::in_rootfs(const std::string& path) const {
  return settings_.rootfs == "/" ? path : settings_.rootfs.native() + path;
}

std::string GatewayDiscovery::without_rootfs(const std::string& path) const {
  for (const auto& root : {settings_.rootfs.native(), real_rootfs_})
    if (root.size() > 1 && path.starts_with(root + '/'))
      return path.substr(root.size());
  return path;
}

void GatewayDiscovery::add(Known known) {
  auto& gateway = known.gateway;
  if (gateways_.contains(gateway.state_dir) || gateways_.size() >= kMaxGateways)
    return;
  if (gateway.name.empty() || names_.contains(gateway.name))
    gateway.name = choose_gateway_name(gateway.state_dir, names_);
  names_.insert(gateway.name);
  const auto state_dir = gateway.state_dir;
  auto& added = gateways_[state_dir] = std::move(known);
  std::vector<Problem> told_later;
  describe(added, told_later);
  if (found_) found_(added.gateway);
}

bool GatewayDiscovery::is_local(const std::string& pattern) const {
  const auto path = pattern.substr(0, pattern.find_first_of("*?"));
  const Mount* mount = find_mount(mounts_, path);
  return mount && is_local_filesystem(mount->filesystem);
}

std::vector<std::string> GatewayDiscovery::session_dirs_of(
    const GatewaySettings& gateway,
    const std::vector<std::string>& captures) const {
  std::vector<std::string> session_dirs;
  for (const auto& dir : gateway.session_dirs)
    session_dirs.push_back(in_rootfs(expand_captures(dir, captures)));
  return session_dirs;
}

void GatewayDiscovery::configure(const Settings& settings) {
  // What is known points into the entries of before.
  const auto before = std::exchange(settings_.gateways, settings.gateways);
  settings_.logs = settings.logs;
  names_.clear();
  for (auto known = gateways_.begin(); known != gateways_.end();) {
    auto& [gateway, configured, captures, identity, names, contained] =
        known->second;
    const GatewaySettings* now = nullptr;
    if (configured != nullptr)
      for (const auto& entry : settings_.gateways)
        if (entry.name == configured->name &&
            entry.state_dir == configured->state_dir)
          now = &entry;
    if (now == nullptr && (configured || !settings_.gateways.empty())) {
      known = gateways_.erase(known);
      continue;
    }
    configured = now;
    if (now) gateway.session_dirs = session_dirs_of(*now, captures);
    names_.insert(gateway.name);
    ++known;
  }
  std::erase_if(identities_, [this](const auto& identity) {
    return !gateways_.contains(identity.second);
  });
}

void GatewayDiscovery::add_configured(const GatewaySettings& gateway,
                                      std::vector<Problem>& problems) {
  const auto pattern = in_rootfs(gateway.state_dir);
  for (const auto& match : expand_glob(pattern, kMaxGateways, problems)) {
    auto name = to_label_text(expand_captures(gateway.name, match.captures));
    add({{std::move(name), match.path, session_dirs_of(gateway, match.captures),
          false},
         &gateway,
         match.captures});
  }
}

void GatewayDiscovery::add_existing(const std::string& path,
                                    const std::string& name_from,
                                    bool passing) {
  if (gateways_.contains(path)) return;
  const auto found = directory_facts(path);
  if (!found || !identities_.emplace(found->identity, path).second) return;
  add({{choose_gateway_name(name_from, names_), path, {}, passing}});
}

std::vector<std::string> GatewayDiscovery::usual_places() const {
  std::vector<std::string> patterns;
  const auto& home = environment_.home;
  if (environment_.openclaw_state_dir.starts_with('/'))
    patterns.push_back(environment_.openclaw_state_dir);
  if (home.starts_with('/'))
    for (const auto* name : {"/.openclaw", "/.openclaw-*", "/.clawdbot"})
      patterns.push_back(home + name);
  patterns.insert(patterns.end(), {"/home/node/.openclaw", "/data/.openclaw"});
  return patterns;
}

void GatewayDiscovery::add_usual_places(bool local,
                                        std::vector<Problem>& problems) {
  for (const auto& pattern : usual_places()) {
    if (is_local(in_rootfs(pattern)) != local) continue;
    for (const auto& match :
         expand_glob(in_rootfs(pattern), kMaxGateways, problems))
      add_existing(match.path, is_glob(pattern) ? match.path : pattern, false);
  }
}

void GatewayDiscovery::add_processes(bool local) {
  for (const auto& process : processes_)
    if (process.local == local && !identities_.contains(process.identity))
      add_existing(process.path, process.inner_path, process.passing);
}

void GatewayDiscovery::forget_ended() {
  for (auto entry = gateways_.begin(); entry != gateways_.end();) {
    const auto& gateway = entry->second.gateway;
    const bool ended = gateway.passing && !directory_facts(gateway.state_dir);
    if (ended) {
      names_.erase(gateway.name);
      std::erase_if(identities_, [&](const auto& identity) {
        return identity.second == entry->first;
      });
    }
    entry = ended ? gateways_.erase(entry) : std::next(entry);
  }
}

void GatewayDiscovery::add_host_names(const std::string& path,
                                      std::set<std::string>& names) const {
  names.insert(without_rootfs(path));
  if (!is_local(path)) return;
  const auto found = directory_facts(path);
  // A link that leads out of the rootfs means something else to the host.
  if (found && found->real_path.starts_with(real_rootfs_ + '/'))
    names.insert(without_rootfs(found->real_path));
}

std::vector<std::string> GatewayDiscovery::log_roots(
    Known& known, const std::set<std::string>& host) const {
  std::vector<std::string> roots;
  bool as_host = false;
  for (const auto& process : processes_) {
    if (process.identity != known.identity) continue;
    for (const auto* name : {&process.inner_path, &process.inner_real}) {
      as_host = as_host || host.contains(*name);
      if (!name->empty() && known.names.size() < kMaxNames)
        known.names.insert(*name);
    }
    if (roots.size() < kMaxLogRoots) roots.push_back(process.root);
  }
  if (!roots.empty()) known.contained = !as_host;
  if (!known.contained && !known.gateway.passing)
    roots.insert(roots.begin(), in_rootfs(""));
  return roots;
}

void GatewayDiscovery::describe(Known& known,
                                std::vector<Problem>& problems) const {
  auto& gateway = known.gateway;
  std::set<std::string> names;
  if (!gateway.passing) add_host_names(gateway.state_dir, names);
  gateway.host_dirs.assign(names.begin(), names.end());
  // A configured directory may hang; a discovered one was looked at before.
  if (!known.configured || is_glob(known.configured->state_dir) ||
      is_local(gateway.state_dir)) {
    if (const auto found = directory_facts(gateway.state_dir)) {
      known.identity = found->identity;
      gateway.owner = found->owner;
    }
  }
  gateway.processes.clear();
  for (const auto& process : processes_)
    if (known.identity == process.identity)
      gateway.processes.push_back(process.process);
  const auto roots = log_roots(known, names);
  names.insert(known.names.begin(), known.names.end());
  for (const auto& pattern : gateway.session_dirs) {
    if (is_glob(pattern) && !is_local(pattern)) continue;
    std::vector<Problem> told_by_the_lock_reader;
    for (const auto& match :
         expand_glob(pattern, kMaxSessionDirectories, told_by_the_lock_reader))
      add_host_names(match.path, names);
  }
  gateway.own_dirs.assign(names.begin(), names.end());
  gateway.logs = configured_logs(settings_, known.configured, known.captures,
                                 gateway.name, problems);
  if (gateway.logs.empty()) gateway.logs = usual_logs(roots, gateway.owner);
}

std::vector<WatchedGateway> GatewayDiscovery::round(
    const ProcessTable* table, std::vector<Problem>& problems,
    const std::function<void(const WatchedGateway&)>& found) {
  found_ = found;
  mounts_ = read_mount_view(settings_.procfs, "/").mounts;
  const bool discovering = settings_.gateways.empty();
  // What may hang comes last, and keeps nothing else from being found.
  for (const bool local : {true, false}) {
    if (table && (local || discovering)) {
      openclaw_.update(*table, local);
      processes_ = openclaw_.known();
    }
    if (local) forget_ended();
    for (const auto& gateway : settings_.gateways) {
      const bool cannot_hang =
          !is_glob(gateway.state_dir) || is_local(in_rootfs(gateway.state_dir));
      if (cannot_hang == local) add_configured(gateway, problems);
    }
    if (!discovering) continue;
    add_usual_places(local, problems);
    add_processes(local);
  }
  if (gateways_.size() >= kMaxGateways)
    problems.push_back({Fault::too_big, "gateways",
                        "1000 gateways are watched; the rest is left out"});
  std::vector<WatchedGateway> gateways;
  for (auto& [path, known] : gateways_) {
    describe(known, problems);
    gateways.push_back(known.gateway);
  }
  found_ = nullptr;
  return gateways;
}

}  // namespace openclaw_lock
