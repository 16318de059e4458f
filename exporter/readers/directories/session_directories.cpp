// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/session_directories.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

#include "core/gateways/glob_capture.h"
#include "exporter/system/file.h"
#include "exporter/system/glob_walker.h"
#include "exporter/system/rooted_path.h"
#include "exporter/system/shut_gate.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {
namespace {

/// What stands in the place of a directory that could not be opened, if
/// anything does: no directory at `path`, or a link at `named` that leads
/// there.
std::optional<Problem> find_impostor(const std::string& path,
                                     const std::string& named) {
  struct stat entry {};
  if (::lstat(path.c_str(), &entry) == 0 && !S_ISDIR(entry.st_mode))
    return Problem{Fault::malformed, named, "not a directory"};
  if (::lstat(named.c_str(), &entry) == 0 && S_ISLNK(entry.st_mode))
    return Problem{Fault::missing, named, "a link that leads nowhere"};
  return {};
}

/// Names of the entries that may be directories, sorted; empty with a problem
/// where they cannot be listed. A missing directory is not a problem here.
std::vector<std::string> subdirectories(const std::string& path,
                                        const std::string& named,
                                        StateDirectory& state) {
  std::vector<std::string> names;
  const auto directory = open_directory(path);
  if (!directory) {
    auto problem = directory.problem();
    if (problem.fault == Fault::missing) {
      auto impostor = find_impostor(path, named);
      if (!impostor) return names;
      problem = *std::move(impostor);
    }
    state.readable = false;
    state.problems.push_back(std::move(problem));
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
void add(const std::string& path, const std::string& named,
         const std::string& agent, bool required,
         std::set<DirectoryIdentity>& known, StateDirectory& state) {
  const auto directory = open_directory(path);
  struct stat found {};
  const auto real = directory ? path_of(*directory) : directory.problem();
  if (!real || ::fstat(directory->get(), &found) != 0) {
    auto problem =
        real ? system_problem(errno, path)
             : Problem{real.problem().fault, path, real.problem().detail};
    if (problem.fault == Fault::missing) {
      auto impostor = find_impostor(path, named);
      if (!impostor && !required) return;
      if (impostor) problem = *std::move(impostor);
    }
    // An agent that is a link loop has no sessions; its sessions may be one.
    struct stat entry {};
    const bool is_agent = problem.fault == Fault::malformed && !required &&
                          ::lstat(named.c_str(), &entry) != 0;
    if (!is_agent) state.readable = false;
    state.problems.push_back(std::move(problem));
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

/// OpenClaw makes no other name of an agent.
bool is_agent(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

/// Adds what a gateway's configuration names, as far as it may.
class NamedDirectories {
 public:
  NamedDirectories(const NamedSessionDirs& named, const Gate& gate,
                   std::set<DirectoryIdentity>& known, StateDirectory& state)
      : named_{named}, gate_{gate}, known_{known}, state_{state} {}

  void add_all() {
    const auto problems = state_.problems.size();
    for (const auto& match : expand_glob(named_.pattern, kMaxSessionDirectories,
                                         state_.problems, gate_)) {
      const auto& captures = match.captures;
      const bool is_any = std::ranges::all_of(
          captures, [&](const auto& one) { return one == captures.front(); });
      if (!captures.empty() && (!is_any || !is_agent(captures.front())))
        continue;
      add_one(match.path,
              captures.empty() ? agent_of(match.path) : captures.front());
    }
    if (refused_ && !any_ && state_.problems.size() == problems)
      state_.problems.push_back(*refused_);
  }

 private:
  void refuse(const std::string& path, const char* reason) {
    if (!refused_) refused_ = Problem{Fault::denied, path, reason};
  }

  void add_one(const std::string& path, const std::string& agent) {
    const auto& root = named_.root;
    const auto real =
        path.starts_with(root)
            ? resolve_in_root(root, path.substr(root.size()), gate_)
            : resolve_in_root({}, path, gate_);
    if (!real || !gate_(*real)) {
      state_.problems.push_back(real ? shut_gate(path) : real.problem());
      return;
    }
    if (!named_.follows_links && *real != path)
      return refuse(path, "session.store leads through a symbolic link");
    const UniqueFd directory{::open(real->c_str(), O_RDONLY | O_DIRECTORY |
                                                       O_CLOEXEC | O_NONBLOCK |
                                                       O_NOFOLLOW)};
    struct stat found {};
    if (!directory || ::fstat(directory.get(), &found) != 0) {
      const int error = errno;
      const auto problem = system_problem(error, path);
      // A pattern may well meet files, too.
      const bool is_named_itself =
          named_.pattern.find('*') == std::string::npos;
      if (problem.fault == Fault::denied)
        refuse(path, "session.store may not be read");
      else if (error == ENOTDIR && is_named_itself)
        state_.problems.push_back(
            {Fault::malformed, path, "session.store is no directory"});
      else if (problem.fault != Fault::missing)
        state_.problems.push_back(problem);
      return;
    }
    const DirectoryIdentity identity{found.st_dev, found.st_ino};
    if (known_.contains(identity)) {
      any_ = true;
      return;
    }
    if (found.st_uid != named_.owner)
      return refuse(path, "session.store is of another user than its gateway");
    any_ = true;
    known_.insert(identity);
    state_.sessions.push_back({*real, agent, identity});
  }

  const NamedSessionDirs& named_;
  const Gate& gate_;
  std::set<DirectoryIdentity>& known_;
  StateDirectory& state_;
  std::optional<Problem> refused_;
  bool any_ = false;
};

/// Directories `openclaw-UID` below the state dir.
std::vector<std::string> gateway_lock_directories(const std::string& state_dir,
                                                  const std::string& root,
                                                  const Gate& gate) {
  std::vector<std::string> directories;
  StateDirectory ignored;
  const auto tmp = follow_link(root, state_dir + "/tmp", gate);
  if (!tmp) return directories;
  for (const auto& name : subdirectories(*tmp, *tmp, ignored))
    if (name.starts_with("openclaw-")) directories.push_back(*tmp + '/' + name);
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
    const Gate& gate, const std::optional<NamedSessionDirs>& named) {
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
    struct Link {
      std::string path;
      std::string named;
      std::string agent;
    };
    std::vector<Link> links;
    for (const auto& agent :
         subdirectories(agents, state_dir + "/agents", state)) {
      const auto plain = agents + '/' + agent;
      const auto path = followed(plain, agent);
      if (path.empty()) continue;
      state.structure.push_back(path);
      const auto sessions = followed(path + "/sessions", agent);
      if (sessions.empty()) continue;
      if (sessions == plain + "/sessions")
        add(sessions, sessions, agent, false, known, state);
      else
        links.push_back({sessions, path + "/sessions", agent});
    }
    for (const auto& link : links)
      add(link.path, link.named, link.agent, false, known, state);
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
        add(path ? *path : match.path, match.path, agent_of(match.path),
            !is_glob(pattern), known, state);
    }
  }
  if (named) NamedDirectories{*named, gate, known, state}.add_all();
  state.sqlite_gateway_at = newest_sqlite_gateway(state_dir, root, gate);
  return state;
}

}  // namespace openclaw_lock
