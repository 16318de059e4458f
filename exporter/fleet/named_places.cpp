// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/named_places.h"

#include <algorithm>
#include <utility>

#include "core/gateways/glob_capture.h"
#include "core/logs/known_places.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/readers/directories/session_directories.h"
#include "exporter/system/glob_walker.h"
#include "exporter/system/mount_view.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {
namespace {

struct Split {
  std::string front;
  std::string back;  ///< with its slash
};

Split split_at(const std::string& path, std::size_t slash) {
  return {path.substr(0, slash), path.substr(slash)};
}

/// Before the first component with a wildcard.
Split split_at_glob(const std::string& path) {
  const auto wildcard = path.find_first_of("*?");
  return wildcard == std::string::npos
             ? Split{path, {}}
             : split_at(path, path.rfind('/', wildcard));
}

class Finder {
 public:
  Finder(const GatewayPaths& view, const Gate& gate,
         std::vector<Problem>& problems)
      : view_{view}, gate_{gate}, problems_{problems} {}

  std::vector<WatchedLog> logs(const std::string& log_file) {
    const auto [directory, name] = split_at(log_file, log_file.rfind('/'));
    const auto place = open(directory);
    if (!place) return {};
    if (const auto* why = why_refused(place->path, name)) {
      refuse(Fault::denied, place->path + name, why);
      return {};
    }
    return {{place->path + '/' + log_name_pattern(name.substr(1)), true, true}};
  }

  std::optional<NamedSessionDirs> session_dirs(
      const std::string& pattern, const std::vector<std::string>& others,
      std::set<std::string>& own_dirs) {
    const auto [front, back] = split_at_glob(pattern);
    const auto place = open(front);
    if (!place || is_usual(place->path + back)) return {};
    const auto lies_there = [&](const std::string& other) {
      return lies_in(place->path, other) && !lies_in(view_.state_dir, other);
    };
    if (std::ranges::any_of(others, lies_there)) {
      refuse(Fault::denied, place->path,
             "session.store lies in the directory of another gateway");
      return {};
    }
    std::vector<Problem> told_by_the_lock_reader;
    for (const auto& match :
         expand_glob(place->path + back, kMaxSessionDirectories,
                     told_by_the_lock_reader, gate_)) {
      const auto below = match.path.substr(place->path.size());
      own_dirs.insert(front + below);
      own_dirs.insert(place->inner + below);
    }
    return NamedSessionDirs{place->path + back, place->root,
                            place->follows_links, view_.owner};
  }

 private:
  /// A directory that the gateway names, without links.
  struct Place {
    std::string path;           ///< as the exporter can open it
    std::string inner;          ///< as the gateway names it
    std::string root;           ///< where further links start
    bool follows_links = true;  ///< false: that cannot be told
  };

  void refuse(Fault fault, std::string where, const char* why) {
    problems_.push_back({fault, std::move(where), why});
  }

  std::optional<DirectoryIdentity> identity_of(const std::string& path) const {
    const auto found = gate_(path) ? directory_facts(path) : std::nullopt;
    return found ? std::optional{found->identity} : std::nullopt;
  }

  /// Whether the host has the same directory under that name. Of one that is
  /// not there yet, what is above it.
  bool is_on_host(std::string inner) const {
    for (;;) {
      const auto own = identity_of(view_.process_root + inner);
      const auto host = identity_of(view_.host_root + inner);
      if (own || host || inner.empty()) return own && own == host;
      inner.erase(inner.rfind('/'));
    }
  }

  std::optional<Place> open(const std::string& directory) {
    const auto& root = view_.root();
    const auto real = resolve_in_root(root, directory, gate_);
    if (!real) {
      if (real.problem().fault != Fault::timeout)
        problems_.push_back(real.problem());
      return {};
    }
    auto inner = real->substr(root.size());
    if (inner == "/") inner.clear();
    auto place = find(inner);
    for (const auto* kernel : {"/proc", "/sys"})
      if (lies_in(inner, kernel)) {
        refuse(Fault::denied, place.path,
               "lies in a file system of the kernel");
        return {};
      }
    if (!is_glob(place.path)) return place;
    refuse(Fault::malformed, place.path,
           "holds * or ?, which cannot be followed");
    return {};
  }

  Place find(const std::string& inner) const {
    const auto& root = view_.root();
    if (view_.process_root.empty()) return {root + inner, inner, root};
    if (is_on_host(inner))
      return {view_.host_root + inner, inner, view_.host_root,
              view_.shares_root};
    for (const auto& state_dir : view_.inner)
      if (!state_dir.empty() && lies_in(inner, state_dir))
        return {
            view_.state_dir + inner.substr(state_dir.size()), inner, {}, false};
    return {root + inner, inner, root};
  }

  /// No transcript and no database is ever opened.
  const char* why_refused(const std::string& directory,
                          const std::string& name) const {
    for (const auto* below : {"/agents", "/state"})
      if (lies_in(directory, view_.state_dir + below))
        return "logging.file lies among sessions or databases";
    return name.find(".sqlite") != std::string::npos
               ? "logging.file is named like a database"
               : nullptr;
  }

  bool is_usual(const std::string& pattern) const {
    if (!lies_in(pattern, view_.state_dir)) return false;
    const auto parts = split_path(pattern.substr(view_.state_dir.size()));
    return parts.size() == 3 && parts[0] == "agents" && parts[2] == "sessions";
  }

  const GatewayPaths& view_;
  const Gate& gate_;
  std::vector<Problem>& problems_;
};

}  // namespace

NamedPlaces find_named_places(std::shared_ptr<const OpenclawConfig> config,
                              const GatewayPaths& view,
                              const std::vector<std::string>& others,
                              const Gate& gate) {
  NamedPlaces places{std::move(config)};
  if (!places.config) return places;
  places.problems = places.config->problems;
  Finder finder{view, gate, places.problems};
  const auto& named = places.config->places;
  if (!named.log_file.empty()) places.logs = finder.logs(named.log_file);
  if (!named.session_dir.empty())
    places.session_dirs =
        finder.session_dirs(named.session_dir, others, places.own_dirs);
  return places;
}

NamedPlaces without_processes(NamedPlaces places, const std::string& procfs) {
  const auto is_passing = [&](const std::string& path) {
    return !process_root_of(procfs, path).empty();
  };
  std::erase_if(places.logs,
                [&](const WatchedLog& log) { return is_passing(log.source); });
  if (places.session_dirs && is_passing(places.session_dirs->pattern))
    places.session_dirs.reset();
  places.problems.clear();
  return places;
}

}  // namespace openclaw_lock
