// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/session_directories.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "core/gateways/glob_capture.h"
#include "exporter/system/file.h"
#include "exporter/system/glob_walker.h"
#include "exporter/system/rooted_path.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxSessionDirectories = 4096;

/// Names of the entries that may be directories, sorted; empty with a problem
/// where they cannot be listed. A missing directory is not a problem here.
std::vector<std::string> subdirectories(const std::string& path,
                                        StateDirectory& state) {
  std::vector<std::string> names;
  const auto directory = open_directory(path);
  if (!directory) {
    if (directory.problem().fault != Fault::missing) {
      state.readable = false;
      state.problems.push_back(directory.problem());
    }
    return names;
  }
  const auto listed = list_directory(
      *directory, [&](std::string_view name, unsigned char type) {
        if (type == DT_DIR || type == DT_LNK || type == DT_UNKNOWN)
          names.emplace_back(name);
        return names.size() <= kMaxSessionDirectories;
      });
  if (!listed || names.size() > kMaxSessionDirectories) {
    state.readable = false;
    state.problems.push_back(
        listed
            ? Problem{Fault::too_big, path, "more than 4096 directories"}
            : Problem{listed.problem().fault, path, listed.problem().detail});
    names.resize(std::min(names.size(), kMaxSessionDirectories));
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The agent of `.../agents/AGENT/sessions`, else empty.
std::string agent_of(const std::string& path) {
  const auto parts = split_path(path);
  const auto count = parts.size();
  if (count < 3 || parts[count - 1] != "sessions" ||
      parts[count - 3] != "agents")
    return {};
  return parts[count - 2];
}

/// Adds a session directory once, whatever paths lead to it.
void add(const std::string& path, const std::string& agent, bool required,
         std::set<DirectoryIdentity>& known, StateDirectory& state) {
  const auto directory = open_directory(path);
  struct stat found {};
  const auto real = directory ? path_of(*directory) : directory.problem();
  if (!real || ::fstat(directory->get(), &found) != 0) {
    const auto problem =
        real ? system_problem(errno, path)
             : Problem{real.problem().fault, path, real.problem().detail};
    if (problem.fault == Fault::missing && !required) return;
    // A link loop or an endless name leads to no directory.
    if (problem.fault != Fault::malformed || required) state.readable = false;
    state.problems.push_back(problem);
    state.incomplete_agents.insert(agent);
    return;
  }
  const DirectoryIdentity identity{found.st_dev, found.st_ino};
  if (!known.insert(identity).second) return;
  // In another mount namespace the real path means something else to us.
  struct stat again {};
  const bool ours = ::stat(real->c_str(), &again) == 0 &&
                    DirectoryIdentity{again.st_dev, again.st_ino} == identity;
  state.sessions.push_back({ours ? *real : path, agent, identity});
}

/// Directories `openclaw-UID` below the state dir.
std::vector<std::string> gateway_lock_directories(const std::string& state_dir,
                                                  const std::string& root,
                                                  const Gate& gate) {
  std::vector<std::string> directories;
  StateDirectory ignored;
  const auto tmp = follow_link(root, state_dir + "/tmp", gate);
  if (!tmp) return directories;
  for (const auto& name : subdirectories(*tmp, ignored))
    if (name.starts_with("openclaw-"))
      directories.push_back(*tmp + '/' + name);
  return directories;
}

}  // namespace

std::optional<WallTime> newest_sqlite_gateway(
    const std::vector<std::string>& directories) {
  std::optional<WallTime> newest;
  for (const auto& directory : directories)
    for (const auto* file :
         {"/gateway.state.lock", "/gateway.state.lock.sqlite"}) {
      struct stat found {};
      if (::lstat((directory + file).c_str(), &found) != 0) continue;
      const auto at = modified_at(found);
      if (!newest || at > *newest) newest = at;
    }
  return newest;
}

std::optional<WallTime> newest_sqlite_gateway(const std::string& state_dir,
                                              const std::string& root,
                                              const Gate& gate) {
  return newest_sqlite_gateway(gateway_lock_directories(state_dir, root, gate));
}

StateDirectory read_state_directory(
    const std::string& state_dir,
    const std::vector<std::string>& extra_session_dirs, const std::string& root,
    const Gate& gate) {
  StateDirectory state;
  const auto directory = open_directory(state_dir);
  if (!directory) {
    state.problems.push_back(directory.problem());
    return state;
  }
  state.opened = true;
  state.readable = true;
  const auto not_answering = [&](const std::string& path,
                                 const std::string& agent) {
    state.readable = false;
    state.incomplete_agents.insert(agent);
    state.problems.push_back(shut_gate(path));
  };
  // Empty where it cannot be followed now.
  const auto followed = [&](const std::string& path,
                            const std::string& agent) -> std::string {
    auto target = follow_link(root, path, gate);
    if (target) return *std::move(target);
    if (target.problem().fault != Fault::timeout) return path;
    not_answering(path, agent);
    return {};
  };
  state.structure = {state_dir};
  std::set<DirectoryIdentity> known;
  const auto agents = followed(state_dir + "/agents", {});
  if (!agents.empty()) {
    state.structure.push_back(agents);
    // One directory under two names has the name that is no link.
    std::vector<std::pair<std::string, std::string>> links;
    for (const auto& agent : subdirectories(agents, state)) {
      const auto plain = agents + '/' + agent;
      const auto path = followed(plain, agent);
      if (path.empty()) continue;
      state.structure.push_back(path);
      const auto sessions = followed(path + "/sessions", agent);
      if (sessions.empty()) continue;
      if (sessions == plain + "/sessions")
        add(sessions, agent, false, known, state);
      else
        links.emplace_back(sessions, agent);
    }
    for (const auto& [sessions, agent] : links)
      add(sessions, agent, false, known, state);
  }
  for (const auto& pattern : extra_session_dirs) {
    for (const auto& match :
         expand_glob(pattern, kMaxSessionDirectories, state.problems, gate)) {
      const auto inside = match.path.starts_with(root + '/') ? root : "";
      const auto path =
          resolve_in_root(inside, match.path.substr(inside.size()), gate);
      if (path ? !gate(*path) : path.problem().fault == Fault::timeout)
        not_answering(match.path, agent_of(match.path));
      else
        add(path ? *path : match.path, agent_of(match.path), !is_glob(pattern),
            known, state);
    }
  }
  state.sqlite_gateway_at = newest_sqlite_gateway(state_dir, root, gate);
  return state;
}

}  // namespace openclaw_lock
