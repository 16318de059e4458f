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
#include <tuple>
#include <utility>
#include <variant>

#include "core/base/text.h"
#include "core/gateways/gateway_name.h"
#include "core/gateways/glob_capture.h"
#include "exporter/config/setting_values.h"
#include "exporter/fleet/state_dir_names.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/readers/directories/session_directories.h"
#include "exporter/system/file.h"
#include "exporter/system/glob_walker.h"
#include "exporter/system/mount_view.h"
#include "exporter/system/rooted_path.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxGateways = GatewayRegister::kMaxGateways;
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
    const bool is_there = ::stat(gateway.state_dir.c_str(), &found) == 0;
    if (!is_there && fault_of(errno) != Fault::missing) return;
    if (!is_there || !S_ISDIR(found.st_mode)) {
      gateway.presence = Presence::gone;
      gateway.has_process = !left_in(gateway.state_dir).empty();
      return;
    }
    gateway.presence = Presence::present;
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

  /// Processes that used a state directory which is not there any more, and go
  /// on without one.
  std::vector<ProcessIdentity> left_in(const std::string& state_dir) const {
    std::vector<ProcessIdentity> left;
    const auto known = known_.find(state_dir);
    if (known == known_.end() || !facts_) return left;
    for (const auto& one : known->second.processes) {
      const auto* process = facts_->find(one);
      if (process && process->is_certain() &&
          process->evidence == Evidence::none)
        left.push_back(one);
    }
    return left;
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
      seen.name = to_label_text(expand_captures(gateway.name, match.captures));
      seen.name_from = match.path;
      seen.entry = entry;
      seen.matched = is_glob(gateway.state_dir);
      const bool is_known = seen_paths_.contains(seen.state_dir);
      if (!is_known) see(seen);
      tell_double(seen);
      if (!is_known)
        add_captures(gateway, match.captures, add(std::move(seen)));
    }
  }

  /// One directory that the configuration gives under two names.
  void tell_double(const SeenGateway& seen) {
    const auto path = without_root(seen.name_from);
    const auto text =
        "gateway " +
        quote(seen.name.empty() ? choose_gateway_name(path, {}) : seen.name) +
        " (" + path + ')';
    auto [first, is_new] = given_.try_emplace(seen.state_dir, text);
    if (is_new && seen.identity)
      std::tie(first, is_new) = given_.try_emplace(*seen.identity, text);
    if (!is_new)
      seen_.problems.push_back({Fault::malformed, path,
                                "one directory under two names, " +
                                    first->second + " and " + text +
                                    ": it is watched once"});
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
    if (home.starts_with('/')) add_profiles(home);
  }

  /// Each `~/.openclaw-NAME` that is a state directory of its own.
  void add_profiles(const std::string& home) {
    std::vector<SeenGateway> profiles;
    const auto pattern = root_ + home + "/.openclaw-*";
    for (const auto& match :
         expand_glob(pattern, kMaxGateways, seen_.problems, gate_)) {
      SeenGateway seen;
      seen.state_dir = opened(match.path.substr(root_.size()));
      seen.name_from = match.path;
      if (seen_paths_.contains(seen.state_dir)) continue;
      see(seen);
      if (seen.presence == Presence::present &&
          !is_old_backup(match.path, seen))
        profiles.push_back(std::move(seen));
    }
    drop_parts(profiles);
    const auto is_new = [this](const SeenGateway& profile) {
      const auto known = known_.find(profile.state_dir);
      return known == known_.end() || !known->second.identity;
    };
    if (known_.size() < kMaxGateways && std::ranges::any_of(profiles, is_new)) {
      take_links(true);
      for (const auto& profile : profiles)
        if (is_new(profile))
          take_links_of(profile.state_dir, *profile.identity, true);
      drop_parts(profiles);
    }
    for (auto& profile : profiles)
      if (!seen_paths_.contains(profile.state_dir)) add(std::move(profile));
  }

  /// Nothing runs in it, and nothing was written for long.
  bool is_old_backup(const std::string& named, const SeenGateway& seen) const {
    if (seen.has_process || !is_backup_name(named) || !gate_(seen.state_dir))
      return false;
    const auto written = newest_write(seen.state_dir, gate_);
    return !written || now_ - *written >= kFresh;
  }

  /// What is dropped is no state directory, so its links do not count from then
  /// on: of those that link into each other one is left.
  void drop_parts(std::vector<SeenGateway>& profiles) {
    std::erase_if(profiles, [this](const SeenGateway& profile) {
      return is_part_of_another(profile);
    });
  }

  /// Nothing runs in it, and another state directory links into it.
  bool is_part_of_another(const SeenGateway& seen) {
    if (seen.has_process || !seen.identity || !gate_(seen.state_dir))
      return false;
    if (!links_taken_) take_links(false);
    if (links_.empty()) return false;
    const auto found = directory_facts(seen.state_dir);
    const bool is_part =
        leads_below(without_root(seen.state_dir), *seen.identity) ||
        (found && leads_below(without_root(found->real_path), *seen.identity));
    if (is_part) parts_.insert(*seen.identity);
    return is_part;
  }

  bool leads_below(const std::string& directory,
                   const DirectoryIdentity& identity) const {
    const auto start = directory + '/';
    for (auto link = links_.lower_bound({start, {}});
         link != links_.end() && link->first.starts_with(start); ++link)
      if (link->second != identity && !parts_.contains(link->second))
        return true;
    return false;
  }

  /// The links of the state directories that are there whatever their names
  /// say, and of those that are watched already. `again`: as they are now, else
  /// as they were when last described.
  void take_links(bool again) {
    links_taken_ = true;
    links_.clear();
    for (const auto& directory : seen_.directories)
      if (directory.gateway.identity)
        take_links_of(directory.gateway.state_dir, *directory.gateway.identity,
                      again);
    if (facts_)
      for (const auto& process : facts_->processes)
        if (process.is_certain() && process.evidence != Evidence::none &&
            !process.passing)
          take_links_of(process.path, process.state_dir, again);
    for (const auto& known : order_.known)
      if (known.entry.empty() && !known.passing && known.identity)
        take_links_of(known.state_dir, *known.identity, again);
  }

  void take_links_of(const std::string& path, const DirectoryIdentity& identity,
                     bool again) {
    const auto known = known_.find(path);
    const bool holds = !again && known != known_.end() && known->second.links &&
                       was_described(known->second);
    if (!holds && !may_touch(path)) return;
    const auto links = holds ? known->second.links : links_of(path, root_);
    for (const auto& link : *links) links_.emplace(link, identity);
  }

  /// As they are now.
  const std::shared_ptr<const std::set<std::string>>& links_of(
      const std::string& path, const std::string& root) {
    auto& links = links_by_path_[path];
    if (!links)
      links = std::make_shared<const std::set<std::string>>(
          links_of_state_dir(path, root, gate_));
    return links;
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
    const auto* entry = entry_named(known.entry);
    seen.matched = entry && is_glob(entry->state_dir);
    see(seen);
    if (known.entry.empty() && !known.passing &&
        seen.presence == Presence::present &&
        !is_usual_place(known.state_dir) &&
        (is_old_backup(known.state_dir, seen) || is_part_of_another(seen)))
      seen.presence = Presence::gone;
    auto& directory = add(std::move(seen));
    if (entry) add_captures(*entry, known.captures, directory);
  }

  /// Null for a gateway that was discovered.
  const GatewaySettings* entry_named(const std::string& name) const {
    if (name.empty()) return nullptr;
    const auto found = std::ranges::find(settings_.gateways, name, entry_of);
    return found == settings_.gateways.end() ? nullptr : &*found;
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

  /// A moment ago.
  bool was_described(const KnownGateway& known) const {
    return known.described_at && now_ >= *known.described_at &&
           now_ - *known.described_at < kDescribed;
  }

  bool is_as_before(const KnownGateway& known,
                    const SeenGateway& gateway) const {
    if (!was_described(known) || !gateway.identity ||
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
    if (gateway.presence == Presence::present) {
      directory.links = links_of(gateway.state_dir, directory.root);
      for (const auto& link : *directory.links)
        if (directory.own_dirs.size() < kMaxSessionDirectories)
          directory.own_dirs.insert(link);
    }
    directory.usual_logs = usual_logs_.below(roots, directory.owner);
    add_named_places(directory);
    if (gateway.presence != Presence::gone || !gateway.has_process) return;
    directory.processes = left_in(gateway.state_dir);
    seen_.problems.push_back(
        {Fault::missing, without_root(gateway.state_dir),
         "the state directory was removed, but a process of its gateway still "
         "runs and uses it"});
  }

  /// The process whose configuration counts: a gateway for certain, else what
  /// may be one, else a command; of several the oldest. Null: none runs.
  const OpenclawProcess* process_of(const SeenDirectory& directory) const {
    if (!directory.gateway.identity) return nullptr;
    const auto users = users_of(*directory.gateway.identity);
    const auto rank = [](const OpenclawProcess* user) {
      if (user->role == ProcessRole::command) return 0;
      const bool is_certain = user->role == ProcessRole::gateway ||
                              user->role == ProcessRole::started ||
                              user->serves == Answer::yes;
      return is_certain ? 2 : 1;
    };
    const auto found = std::ranges::max_element(users, {}, rank);
    return found == users.end() ? nullptr : *found;
  }

  /// How the paths of a gateway are found; empty where no root is known to be
  /// its own.
  std::optional<GatewayPaths> view_of(const SeenDirectory& directory,
                                      const OpenclawProcess* process) {
    const auto& gateway = directory.gateway;
    GatewayPaths view{gateway.state_dir};
    view.host_root = root_;
    view.owner = *directory.owner;
    const auto own = process && gate_(process->root)
                         ? directory_facts(process->root)
                         : std::nullopt;
    if (own) {
      const auto ours = root_.empty() ? std::string{"/"} : root_;
      const auto host = gate_(ours) ? directory_facts(ours) : std::nullopt;
      view.process_root = process->root;
      view.shares_root = host && own->identity == host->identity;
      view.inner = {process->inner_real, process->inner_path};
    } else if (directory.contained || gateway.passing) {
      return {};
    } else {
      view.inner = {without_root(gateway.state_dir)};
    }
    return view;
  }

  NamedPlaces named_places(const SeenDirectory& directory,
                           const NamedPlaces& before) {
    const auto* process = process_of(directory);
    const bool is_there = directory.gateway.presence == Presence::present;
    const auto view = is_there && directory.owner ? view_of(directory, process)
                                                  : std::nullopt;
    // While nothing runs, what was read with its environment holds.
    const bool has_ended =
        !process && before.config && before.config->process.has_value();
    if (!view || has_ended)
      return without_processes(before, settings_.procfs.native());
    ConfigPlace place{view->inner.back(), view->root(), view->owner,
                      settings_.procfs.native(),
                      process ? std::optional{process->process} : std::nullopt};
    auto config = read_config(place, before.config, now_, gate_);
    std::vector<std::string> others;
    if (config && !config->places.session_dir.empty())
      for (const auto& other : seen_.directories)
        if (&other != &directory) others.push_back(other.gateway.state_dir);
    return find_named_places(std::move(config), *view, others, gate_);
  }

  /// What its configuration names.
  void add_named_places(SeenDirectory& directory) {
    const auto known = known_.find(directory.gateway.state_dir);
    const bool has_before = known != known_.end() && known->second.named;
    auto named = named_places(
        directory, has_before ? *known->second.named : NamedPlaces{});
    directory.own_dirs.insert(named.own_dirs.begin(), named.own_dirs.end());
    directory.usual_logs.insert(directory.usual_logs.end(), named.logs.begin(),
                                named.logs.end());
    directory.named = std::make_shared<const NamedPlaces>(std::move(named));
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
  /// What the configuration calls a directory, by its path and by what it is.
  std::map<std::variant<std::string, DirectoryIdentity>, std::string> given_;
  std::set<std::string> told_;
  std::map<DirectoryIdentity, uid_t> owners_;
  /// Where links of state directories lead, and whose they are.
  std::set<std::pair<std::string, DirectoryIdentity>> links_;
  bool links_taken_ = false;
  std::set<DirectoryIdentity> parts_;  ///< of other state directories
  /// Those that were read in this look.
  std::map<std::string, std::shared_ptr<const std::set<std::string>>>
      links_by_path_;
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
