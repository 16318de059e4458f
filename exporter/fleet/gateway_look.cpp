// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/gateway_look.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/gateways/glob_capture.h"
#include "exporter/fleet/state_dir_names.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/system/file.h"
#include "exporter/system/glob_walker.h"
#include "exporter/system/mount_view.h"
#include "exporter/system/rooted_path.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxGateways = GatewayRegister::kMaxGateways;
constexpr std::size_t kMaxSessionDirectories = 4096;
constexpr std::size_t kMaxNames = 64;     // of one state dir
constexpr std::size_t kMaxLogRoots = 64;  // of one gateway
constexpr std::chrono::minutes kFresh{10};
constexpr std::chrono::minutes kDescribed{1};

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

/// One look under way.
class Look {
 public:
  Look(const LookOrder& order, const ProcessFacts* facts, WallTime now,
       const Gate& gate)
      : order_{order},
        settings_{*order.settings},
        facts_{facts},
        now_{now},
        asked_{gate},
        root_{settings_.rootfs == "/" ? std::string{}
                                      : settings_.rootfs.native()},
        usual_logs_{gate_} {
    for (const auto& known : order.known)
      known_.emplace(known.state_dir, known);
    real_root_ = root_;
    if (!root_.empty() && gate_(root_))
      if (const auto found = directory_facts(root_))
        real_root_ = found->real_path;
  }

  GatewaysSeen run() {
    for (const auto& gateway : settings_.gateways) add_configured(gateway);
    if (settings_.gateways.empty()) {
      add_usual_places();
      add_processes();
    }
    for (const auto& known : order_.known)
      if (!seen_paths_.contains(known.state_dir)) look_again(known);
    for (auto& directory : seen_.directories) describe(directory);
    seen_.settings = order_.settings;
    return std::move(seen_);
  }

 private:
  SeenDirectory& add(SeenGateway gateway) {
    seen_paths_.insert(gateway.state_dir);
    return seen_.directories.emplace_back(SeenDirectory{std::move(gateway)});
  }

  /// Fills in whether it is there, and what it is.
  void see(SeenGateway& gateway) {
    struct stat found {};
    if (!may_touch(gateway.state_dir)) return;
    if (::stat(gateway.state_dir.c_str(), &found) != 0) {
      if (fault_of(errno) == Fault::missing) gateway.presence = Presence::gone;
      return;
    }
    gateway.presence =
        S_ISDIR(found.st_mode) ? Presence::present : Presence::gone;
    if (gateway.presence == Presence::gone) return;
    gateway.identity = DirectoryIdentity{found.st_dev, found.st_ino};
    owners_[*gateway.identity] = found.st_uid;
    gateway.has_process = !users_of(*gateway.identity).empty();
  }

  /// Without links: what its last component means in what is above that, which
  /// many share.
  Result<std::string> without_links(const std::string& path) {
    const auto root = process_root_of(settings_.procfs.native(), path);
    const auto above = path.substr(0, path.rfind('/'));
    const auto name = path.substr(above.size());
    if (above.size() <= root.size() || name == "/" || name == "/." ||
        name == "/..")
      return resolve_in_root(root, path.substr(root.size()), gate_);
    auto found = above_.find(above);
    if (found == above_.end())
      found = above_
                  .emplace(above, resolve_in_root(
                                      root, above.substr(root.size()), gate_))
                  .first;
    if (!found->second) return found->second;
    return follow_link(root, *found->second + name, gate_);
  }

  /// Links of a directory that is known already are not followed again.
  bool may_touch(const std::string& state_dir) {
    auto& home = homes_[state_dir];
    if (home.empty())
      if (const auto known = known_.find(state_dir); known != known_.end())
        home = std::exchange(known->second.home, {});
    if (home.empty()) {
      auto followed = without_links(state_dir);
      if (!followed && followed.problem().fault == Fault::timeout) return false;
      home = followed ? *std::move(followed) : state_dir;
    }
    return gate_(home);
  }

  std::vector<const OpenclawProcess*> users_of(
      const DirectoryIdentity& identity) const {
    auto users = facts_ ? facts_->users_of(identity)
                        : std::vector<const OpenclawProcess*>{};
    std::erase_if(users, [](const auto* user) { return !user->is_certain(); });
    return users;
  }

  /// A path of the host as the exporter can open it. A link means what it means
  /// to the host.
  std::string opened(const std::string& path) {
    const auto plain = root_ + path;
    if (root_.empty()) return plain;
    const auto resolved = resolve_in_root(root_, path, gate_);
    if (!resolved || *resolved == plain || !gate_(plain) || !gate_(*resolved))
      return plain;
    const auto is = directory_facts(plain);
    const auto means = directory_facts(*resolved);
    const bool same = is && means && is->identity == means->identity;
    return same || (!is && !means) ? plain : *resolved;
  }

  void add_configured(const GatewaySettings& gateway) {
    const auto entry = entry_of(gateway);
    std::vector<GlobMatch> matches{{root_ + gateway.state_dir, {}}};
    if (is_glob(gateway.state_dir)) {
      const auto before = seen_.problems.size();
      matches =
          expand_glob(matches[0].path, kMaxGateways, seen_.problems, gate_);
      if (matches.empty() && seen_.problems.size() == before)
        seen_.problems.push_back({Fault::missing, gateway.state_dir,
                                  "the pattern matches no directory"});
    }
    for (const auto& match : matches) {
      SeenGateway seen;
      seen.state_dir = opened(match.path.substr(root_.size()));
      if (seen_paths_.contains(seen.state_dir)) continue;
      seen.name = to_label_text(expand_captures(gateway.name, match.captures));
      seen.name_from = match.path;
      seen.entry = entry;
      see(seen);
      add_captures(gateway, match.captures, add(std::move(seen)));
    }
  }

  void add_captures(const GatewaySettings& gateway,
                    const std::vector<std::string>& captures,
                    SeenDirectory& directory) const {
    directory.captures = captures;
    for (const auto& dir : gateway.session_dirs)
      directory.session_dirs.push_back(root_ + expand_captures(dir, captures));
  }

  void add_existing(const std::string& path, const std::string& name_from,
                    bool passing) {
    if (seen_paths_.contains(path)) return;
    SeenGateway seen;
    seen.state_dir = path;
    seen.name_from = name_from;
    seen.passing = passing;
    see(seen);
    if (seen.presence == Presence::present) add(std::move(seen));
  }

  void add_usual_places() {
    const auto& home = order_.environment.home;
    const auto& state_dir = order_.environment.openclaw_state_dir;
    std::vector<std::string> places;
    if (state_dir.starts_with('/')) places.push_back(state_dir);
    if (home.starts_with('/')) {
      places.push_back(home + "/.openclaw");
      places.push_back(home + "/.clawdbot");
    }
    places.insert(places.end(), {"/home/node/.openclaw", "/data/.openclaw"});
    for (const auto& place : places) add_existing(opened(place), place, false);
    if (!home.starts_with('/')) return;
    const auto pattern = root_ + home + "/.openclaw-*";
    for (const auto& match :
         expand_glob(pattern, kMaxGateways, seen_.problems, gate_)) {
      const auto path = opened(match.path.substr(root_.size()));
      if (!is_kept_copy(match.path, path))
        add_existing(path, match.path, false);
    }
  }

  bool has_process(const std::string& path) {
    SeenGateway seen;
    seen.state_dir = path;
    see(seen);
    return seen.has_process;
  }

  /// No state directory of its own: nothing runs in it, and it is a backup, or
  /// part of another.
  bool is_kept_copy(const std::string& named, const std::string& path) {
    if (!gate_(path) || has_process(path)) return false;
    if (is_backup_name(named)) {
      const auto written = newest_write(path, gate_);
      if (!written || now_ - *written >= kFresh) return true;
    }
    const auto inner = path.substr(root_.size());
    const auto found = directory_facts(path);
    const auto& links = links_of_others();
    return std::ranges::any_of(links, [&](const std::string& link) {
      const auto lies_below = [&](const std::string& directory) {
        return !directory.empty() && link.starts_with(directory + '/');
      };
      return lies_below(inner) ||
             lies_below(found ? without_root(found->real_path) : std::string{});
    });
  }

  /// Of the state directories that are there whatever their names say.
  const std::set<std::string>& links_of_others() {
    if (links_) return *links_;
    links_.emplace();
    const auto take = [this](const std::set<std::string>& more) {
      links_->insert(more.begin(), more.end());
    };
    for (const auto& directory : seen_.directories)
      if (directory.gateway.presence == Presence::present)
        take(links_of(directory.gateway.state_dir, root_));
    if (facts_)
      for (const auto& process : facts_->processes)
        if (process.is_certain() && process.evidence != Evidence::none &&
            !process.passing && gate_(process.path))
          take(links_of(process.path, root_));
    return *links_;
  }

  const std::set<std::string>& links_of(const std::string& path,
                                        const std::string& root) {
    const auto [entry, is_new] = links_by_path_.try_emplace(path);
    if (is_new) entry->second = links_of_state_dir(path, root, gate_);
    return entry->second;
  }

  void add_processes() {
    if (!facts_) return;
    std::set<DirectoryIdentity> seen;
    for (const auto& directory : seen_.directories)
      if (directory.gateway.identity) seen.insert(*directory.gateway.identity);
    for (const auto& process : facts_->processes)
      if (process.is_certain() && process.evidence != Evidence::none &&
          seen.insert(process.state_dir).second)
        add_existing(process.path, process.inner_path, process.passing);
  }

  void look_again(const KnownGateway& known) {
    SeenGateway seen;
    seen.state_dir = known.state_dir;
    seen.entry = known.entry;
    seen.passing = known.passing;
    see(seen);
    if (known.entry.empty() && !known.passing &&
        seen.presence == Presence::present &&
        !is_usual_place(known.state_dir) &&
        is_kept_copy(known.state_dir, known.state_dir))
      seen.presence = Presence::gone;
    auto& directory = add(std::move(seen));
    for (const auto& gateway : settings_.gateways)
      if (!known.entry.empty() && entry_of(gateway) == known.entry)
        add_captures(gateway, known.captures, directory);
  }

  static bool is_usual_place(const std::string& path) {
    return path.ends_with("/.openclaw") || path.ends_with("/.clawdbot");
  }

  std::string without_root(const std::string& path) const {
    for (const auto& root : {root_, real_root_})
      if (root.size() > 1 && path.starts_with(root + '/'))
        return path.substr(root.size());
    return path;
  }

  void add_host_names(const std::string& path, std::set<std::string>& names) {
    names.insert(without_root(path));
    if (!gate_(path)) return;
    const auto found = directory_facts(path);
    // A link that leads out of the rootfs means something else to the host.
    if (found && found->real_path.starts_with(real_root_ + '/'))
      names.insert(without_root(found->real_path));
  }

  /// Takes in what its processes say. The roots below which they may log.
  std::vector<std::string> look_at_processes(SeenDirectory& directory) {
    std::vector<std::string> roots;
    const auto users = directory.gateway.identity
                           ? users_of(*directory.gateway.identity)
                           : std::vector<const OpenclawProcess*>{};
    bool as_host = false;
    bool by_gateway = false;
    for (const auto* user : users) {
      directory.processes.push_back(user->process);
      for (const auto* name : {&user->inner_path, &user->inner_real}) {
        as_host = as_host || directory.host_dirs.contains(*name);
        if (!name->empty() && directory.process_names.size() < kMaxNames)
          directory.process_names.insert(*name);
      }
      if (roots.size() < kMaxLogRoots) roots.push_back(user->root);
      const bool is_gateway = user->role != ProcessRole::command;
      if (user->uid && (is_gateway || !by_gateway)) {
        if (is_gateway != by_gateway || !directory.owner)
          directory.owner = user->uid;
        by_gateway = by_gateway || is_gateway;
      }
    }
    if (!roots.empty()) directory.contained = !as_host;
    if (!directory.contained && !directory.gateway.passing)
      roots.insert(roots.begin(), root_);
    return roots;
  }

  bool is_as_before(const KnownGateway& known,
                    const SeenGateway& gateway) const {
    if (!known.described_at || now_ < *known.described_at ||
        now_ - *known.described_at >= kDescribed || !gateway.identity ||
        gateway.identity != known.identity || gateway.entry != known.entry)
      return false;
    return std::ranges::equal(
        users_of(*gateway.identity), known.processes, {},
        [](const OpenclawProcess* user) { return user->process; });
  }

  void describe(SeenDirectory& directory) {
    const auto& gateway = directory.gateway;
    const auto known = known_.find(gateway.state_dir);
    if (known != known_.end()) {
      directory.contained = known->second.contained;
      directory.is_as_before = is_as_before(known->second, gateway);
      if (directory.is_as_before) return;
    }
    // A link that leads elsewhere by now.
    if (known != known_.end() && gateway.identity != known->second.identity)
      homes_.erase(gateway.state_dir);
    if (may_touch(gateway.state_dir))
      directory.home = homes_.at(gateway.state_dir);
    directory.root =
        gateway.passing
            ? process_root_of(settings_.procfs.native(), gateway.state_dir)
            : root_;
    if (gateway.presence == Presence::present && !gateway.passing)
      add_host_names(gateway.state_dir, directory.host_dirs);
    else if (!gateway.passing)
      directory.host_dirs.insert(without_root(gateway.state_dir));
    if (!gateway.passing && !gateway.name_from.empty() &&
        gateway.name_from.starts_with(root_ + '/'))
      directory.host_dirs.insert(without_root(gateway.name_from));
    const auto roots = look_at_processes(directory);
    if (!directory.owner && known != known_.end())
      directory.owner = known->second.owner;
    if (!directory.owner && gateway.identity)
      directory.owner = owners_.at(*gateway.identity);
    directory.own_dirs = directory.host_dirs;
    for (const auto& pattern : directory.session_dirs) {
      std::vector<Problem> told_by_the_lock_reader;
      for (const auto& match : expand_glob(pattern, kMaxSessionDirectories,
                                           told_by_the_lock_reader, gate_))
        add_host_names(match.path, directory.own_dirs);
    }
    if (gateway.presence == Presence::present)
      for (const auto& link : links_of(gateway.state_dir, directory.root))
        if (directory.own_dirs.size() < kMaxSessionDirectories)
          directory.own_dirs.insert(link);
    directory.usual_logs = usual_logs_.below(roots, directory.owner);
  }

  const LookOrder& order_;
  const Settings& settings_;
  const ProcessFacts* facts_;
  const WallTime now_;
  const Gate& asked_;
  /// Tells of what does not answer.
  const Gate gate_ = [this](const std::string& path) {
    if (asked_(path)) return true;
    if (told_.insert(path).second) seen_.problems.push_back(shut_gate(path));
    return false;
  };
  const std::string root_;  ///< rootfs as a prefix of paths
  std::string real_root_;   ///< without symbolic links; empty: our own root
  UsualLogs usual_logs_;
  std::map<std::string, KnownGateway> known_;
  std::map<std::string, std::string> homes_;  ///< by state directory
  /// What lies above state directories, without links.
  std::map<std::string, Result<std::string>> above_;
  std::set<std::string> seen_paths_;
  std::set<std::string> told_;
  std::map<DirectoryIdentity, uid_t> owners_;
  std::optional<std::set<std::string>> links_;
  std::map<std::string, std::set<std::string>> links_by_path_;
  GatewaysSeen seen_;
};

}  // namespace

DiscoveryEnvironment DiscoveryEnvironment::of_this_process() {
  return {variable("OPENCLAW_STATE_DIR"), home_of_user()};
}

std::string entry_of(const GatewaySettings& gateway) {
  return gateway.name + '\n' + gateway.state_dir;
}

GatewaysSeen look_for_gateways(const LookOrder& order,
                               const ProcessFacts* facts, WallTime now,
                               const Gate& gate) {
  return Look{order, facts, now, gate}.run();
}

}  // namespace openclaw_lock
