// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/gateways/directory_identity.h"
#include "core/gateways/gateway_count.h"
#include "core/gateways/gateway_role.h"
#include "core/gateways/openclaw_process.h"
#include "core/procfs/process_identity.h"
#include "core/procfs/process_status.h"
#include "core/procfs/process_table.h"
#include "exporter/readers/gateways/gateway_locks.h"

namespace openclaw_lock {

/// A process of OpenClaw, gateway or not, and the state directory it uses.
struct OpenclawProcess {
  ProcessIdentity process;
  int parent = 0;  ///< pid
  ProcessRole role = ProcessRole::none;
  std::optional<uid_t> uid;  ///< as the exporter sees it
  std::shared_ptr<const FileCredentials> credentials;  ///< null: not known
  Answer serves = Answer::unknown;                     ///< see GatewayCandidate
  /// A singleton lock names it, and that lock is of the era of leases.
  bool named = false;
  bool lease = false;
  /// What shows the state directory; none: it has none that is there, or that
  /// cannot be told.
  Evidence evidence = Evidence::none;
  DirectoryIdentity state_dir;
  std::string root;        ///< its root directory, /proc/PID/root
  std::string inner_path;  ///< state dir as the process names it
  std::string inner_real;  ///< the same without symbolic links, or empty
  std::string path;        ///< state dir as the exporter can open it
  bool passing = false;    ///< `path` leads through /proc/PID/root

  /// It is OpenClaw's beyond doubt, gateway or not.
  bool is_certain() const {
    return role != ProcessRole::possible || serves == Answer::yes;
  }

  bool operator==(const OpenclawProcess&) const = default;
};

/// All processes of one moment, and what those of OpenClaw use. Made once,
/// never changed, and shared by all who ask.
struct ProcessFacts {
  std::shared_ptr<const ProcessTable> table;
  std::vector<OpenclawProcess> processes;  ///< the oldest first

  /// Positions in `processes` of those that use a state directory.
  std::map<DirectoryIdentity, std::vector<std::size_t>> by_state_dir;
  /// Of those that may be gateways and whose state directory the exporter has
  /// no right to know.
  std::vector<std::size_t> unclear;
  /// Of those the environment of one was too large to be read.
  bool environment_too_big = false;
  /// Singleton locks in directories for temporary files, by the state directory
  /// that they claim.
  std::map<DirectoryIdentity, std::vector<GatewayLock>> locks;
  /// Of those the ones that name none: their names alone tell whose they are.
  std::vector<GatewayLock> silent_locks;

  /// Null: not one of OpenClaw's.
  const OpenclawProcess* find(const ProcessIdentity& process) const {
    const auto order = [](const ProcessIdentity& one) {
      return std::pair{one.start_ticks, one.pid};
    };
    const auto found = std::ranges::lower_bound(
        processes, order(process), {},
        [&](const OpenclawProcess& one) { return order(one.process); });
    return found != processes.end() && found->process == process ? &*found
                                                                 : nullptr;
  }

  /// Those that use the directory, the oldest first.
  std::vector<const OpenclawProcess*> users_of(
      const DirectoryIdentity& state_dir) const {
    std::vector<const OpenclawProcess*> users;
    if (const auto found = by_state_dir.find(state_dir);
        found != by_state_dir.end())
      for (const auto position : found->second)
        users.push_back(&processes[position]);
    return users;
  }
};

}  // namespace openclaw_lock
