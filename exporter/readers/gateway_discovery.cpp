// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateway_discovery.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "core/base/text.h"
#include "core/gateways/gateway_name.h"
#include "core/gateways/glob_capture.h"
#include "core/gateways/openclaw_process.h"
#include "core/procfs/filesystem_type.h"
#include "core/procfs/mountinfo.h"
#include "exporter/readers/file.h"
#include "exporter/readers/glob_walker.h"
#include "exporter/readers/mount_view.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxGateways = 1000;
constexpr std::size_t kMaxProcessText = 1 << 20;
constexpr std::size_t kMaxMountinfo = 4 << 20;

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

std::optional<DirectoryIdentity> identity_of(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) return {};
  return DirectoryIdentity{found.st_dev, found.st_ino};
}

/// Interpreters whose arguments are worth reading.
bool may_be_openclaw(const std::string& comm) {
  return comm.starts_with("openclaw") || comm.starts_with("node") ||
         comm == "MainThread";
}

}  // namespace

DiscoveryEnvironment DiscoveryEnvironment::of_this_process() {
  return {variable("OPENCLAW_STATE_DIR"), home_of_user()};
}

GatewayDiscovery::GatewayDiscovery(const Settings& settings,
                                   DiscoveryEnvironment environment)
    : settings_{settings}, environment_{std::move(environment)} {}

std::string GatewayDiscovery::in_rootfs(const std::string& path) const {
  return settings_.rootfs == "/" ? path : settings_.rootfs.native() + path;
}

void GatewayDiscovery::add(std::string name, const std::string& state_dir,
                           std::vector<std::string> session_dirs,
                           bool passing) {
  if (gateways_.contains(state_dir) || gateways_.size() >= kMaxGateways) return;
  if (name.empty() || names_.contains(name))
    name = choose_gateway_name(state_dir, names_);
  names_.insert(name);
  const auto& gateway = gateways_[state_dir] = {
      name, state_dir, std::move(session_dirs), passing};
  if (found_) found_(gateway);
}

bool GatewayDiscovery::is_local(const std::string& pattern) const {
  const auto path = pattern.substr(0, pattern.find_first_of("*?"));
  const Mount* mount = find_mount(mounts_, path);
  return mount && is_local_filesystem(mount->filesystem);
}

void GatewayDiscovery::add_configured(const GatewaySettings& gateway,
                                      std::vector<Problem>& problems) {
  const auto pattern = in_rootfs(gateway.state_dir);
  for (const auto& match : expand_glob(pattern, kMaxGateways, problems)) {
    std::vector<std::string> session_dirs;
    for (const auto& dir : gateway.session_dirs)
      session_dirs.push_back(in_rootfs(expand_captures(dir, match.captures)));
    add(to_label_text(expand_captures(gateway.name, match.captures)),
        match.path, std::move(session_dirs), false);
  }
}

void GatewayDiscovery::add_existing(const std::string& path,
                                    const std::string& name_from,
                                    bool passing) {
  const auto identity = identity_of(path);
  if (!identity || gateways_.contains(path)) return;
  if (!identities_.emplace(*identity, path).second) return;
  add(choose_gateway_name(name_from, names_), path, {}, passing);
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

std::optional<std::string> GatewayDiscovery::path_for(
    int pid, const std::string& inner_path) const {
  const auto process = settings_.procfs / std::to_string(pid);
  const auto through_root = process.native() + "/root" + inner_path;
  const auto wanted = identity_of(through_root);
  if (!wanted) return {};
  const auto its = read_small_file(process / "mountinfo", kMaxMountinfo);
  const auto ours =
      read_small_file(settings_.procfs / "self/mountinfo", kMaxMountinfo);
  if (its && ours) {
    if (const auto location = locate(parse_mountinfo(*its), inner_path))
      for (const auto& path : paths_to(parse_mountinfo(*ours), *location))
        if (identity_of(path) == wanted) return path;
  }
  return through_root;
}

void GatewayDiscovery::add_process(int pid) {
  const auto process = settings_.procfs / std::to_string(pid);
  const auto comm = read_small_file(process / "comm", kMaxProcessText);
  const auto cmdline = read_small_file(process / "cmdline", kMaxProcessText);
  if (!comm || !cmdline || !is_openclaw_process(*comm, split_nul(*cmdline)))
    return;
  const auto environment =
      read_small_file(process / "environ", kMaxProcessText);
  if (!environment) return;
  for (const auto& inner : state_dirs_of(split_nul(*environment))) {
    const auto path = path_for(pid, inner);
    if (!path) continue;
    add_existing(*path, inner, path->starts_with(settings_.procfs.native()));
    return;
  }
}

void GatewayDiscovery::add_processes(const ProcessTable& table) {
  decltype(examined_) examined;
  for (const auto& process : table.processes) {
    if (!may_be_openclaw(process.stat.comm)) continue;
    const auto key =
        std::pair{std::pair{process.stat.pid, process.stat.start_ticks},
                  process.stat.comm};
    if (!examined_.contains(key)) add_process(process.stat.pid);
    examined.insert(key);
  }
  examined_ = std::move(examined);
}

void GatewayDiscovery::forget_ended() {
  for (auto entry = gateways_.begin(); entry != gateways_.end();) {
    const bool ended = entry->second.passing && !identity_of(entry->first);
    if (ended) {
      names_.erase(entry->second.name);
      std::erase_if(identities_, [&](const auto& identity) {
        return identity.second == entry->first;
      });
    }
    entry = ended ? gateways_.erase(entry) : std::next(entry);
  }
}

std::vector<WatchedGateway> GatewayDiscovery::round(
    const ProcessTable* table, std::vector<Problem>& problems,
    const std::function<void(const WatchedGateway&)>& found) {
  found_ = found;
  mounts_ = read_mount_view(settings_.procfs, "/").mounts;
  forget_ended();
  // What may hang comes last, and keeps nothing else from being found.
  for (const bool local : {true, false}) {
    for (const auto& gateway : settings_.gateways) {
      const bool cannot_hang =
          !is_glob(gateway.state_dir) || is_local(in_rootfs(gateway.state_dir));
      if (cannot_hang == local) add_configured(gateway, problems);
    }
    if (!settings_.gateways.empty()) continue;
    add_usual_places(local, problems);
    if (local && table) add_processes(*table);
  }
  if (gateways_.size() >= kMaxGateways)
    problems.push_back({Fault::too_big, "gateways",
                        "1000 gateways are watched; the rest is left out"});
  std::vector<WatchedGateway> gateways;
  for (const auto& [path, gateway] : gateways_) gateways.push_back(gateway);
  found_ = nullptr;
  return gateways;
}

}  // namespace openclaw_lock
