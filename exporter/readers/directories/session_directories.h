// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/gateways/directory_identity.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Of one gateway; also the matches of a pattern of theirs.
inline constexpr std::size_t kMaxSessionDirectories = 4096;

/// One directory that may hold session locks.
struct SessionDirectory {
  std::string path;   ///< absolute; without symbolic links, but for
                      ///< /proc/PID/root in front
  std::string agent;  ///< directory name below agents/; empty for an extra one
                      ///< that is not of that form
  DirectoryIdentity identity;
};

/// Session directories that a gateway's own configuration names
/// (`session.store`). Whoever writes that is not trusted.
struct NamedSessionDirs {
  /// As the exporter can open it; `*`, in one component at most, is the agent.
  /// Links before that component are followed already.
  std::string pattern;
  std::string root = {};      ///< where links start, see resolve_in_root
  bool follows_links = true;  ///< false: what links mean cannot be told
  uid_t owner = 0;            ///< the gateway's own user

  bool operator==(const NamedSessionDirs&) const = default;
};

/// What a walk through a state dir found.
struct StateDirectory {
  bool opened = false;    ///< the state dir itself could be opened
  bool readable = false;  ///< and everything below it listed
  /// By agent, links last: one under two names has that which is no link.
  std::vector<SessionDirectory> sessions;
  /// Whose sessions there may be more of than were found.
  std::set<std::string> incomplete_agents;
  /// Directories in which a new agent or its sessions appear as a directory:
  /// the state dir, agents/ and each agent's.
  std::vector<std::string> structure;
  /// mtime of the newest trace of an era C gateway (2026.8.1 on).
  std::optional<WallTime> sqlite_gateway_at;
  std::vector<Problem> problems;
};

/// Lists `<state_dir>/agents/*/sessions` and the extra directories, which may
/// be globs. A state dir without agents/ is a fresh install, not a problem. At
/// most 4096 session directories; more are too_big. Symbolic links inside the
/// state dir mean what they mean below `root` (see resolve_in_root). What the
/// gate is shut for is a timeout, and not listed.
///
/// Of `named` those that are there and of its owner count, besides what is
/// known already; where there are others only that is a problem: denied.
StateDirectory read_state_directory(
    const std::string& state_dir,
    const std::vector<std::string>& extra_session_dirs,
    const std::string& root = {}, const Gate& gate = always_open,
    const std::optional<NamedSessionDirs>& named = {});

/// mtime of the newest trace of an era C gateway in directories `openclaw-UID`
/// below STATE/tmp: such gateways alone write there.
std::optional<WallTime> newest_sqlite_gateway(
    const std::vector<std::string>& directories);

/// The same of all such directories that are there.
std::optional<WallTime> newest_sqlite_gateway(const std::string& state_dir,
                                              const std::string& root,
                                              const Gate& gate);

}  // namespace openclaw_lock
