// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "core/procfs/process_status.h"
#include "exporter/system/gate.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {

/// Who may use one directory as a state directory, as its permissions say.
/// Without credentials, or where something cannot be read, anybody may. Made
/// for one question or round: it remembers what it read.
class StateDirAccess {
 public:
  /// `rooted.path`: without symbolic links; hangs where its file system does,
  /// unless the gate is shut. `gate` must outlive this.
  StateDirAccess(RootedPath rooted, const Gate& gate)
      : rooted_{std::move(rooted)}, gate_{gate} {}
  StateDirAccess(RootedPath rooted, const Gate&& gate) = delete;

  /// To write to it, or to `agents` in it where it is closed: NemoClaw's state
  /// directories are root's, and what a gateway writes lies elsewhere.
  bool may_write(const FileCredentials* process);

  /// To pass through all that is above it in its root.
  bool may_reach(const FileCredentials* process) const;

 private:
  struct Permissions {
    bool known = false;
    std::optional<FilePermissions> found;  ///< empty: not there
  };

  static bool permits(const Permissions& permissions,
                      const FileCredentials& process, FileAccess access);
  Permissions read(const std::string& path) const;
  const Permissions& of_agents();

  const RootedPath rooted_;
  const Gate& gate_;
  std::optional<Permissions> itself_;
  std::optional<Permissions> agents_;
};

}  // namespace openclaw_lock
