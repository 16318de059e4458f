// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_table.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_logs.h"
#include "exporter/readers/directories/session_directories.h"
#include "exporter/readers/processes/openclaw_processes.h"

namespace openclaw_lock {

/// A gateway that is to be watched.
struct WatchedGateway {
  std::string name;                       ///< unique; value of the label
  std::string state_dir;                  ///< as the exporter can open it
  std::vector<std::string> session_dirs;  ///< extra ones; may be globs
  bool passing = false;  ///< known by way of a process: gone when that is
  /// Configured ones, else the usual places of the host and of the root of each
  /// process of the gateway; changes as processes come and go.
  std::vector<WatchedLog> logs = {};
  /// The state and session directories as the gateway's own processes name them
  /// (no rootfs, no /proc/PID/root; the literal path, and the one without
  /// symbolic links): in a shared log what names another directory is not of
  /// this gateway.
  std::vector<std::string> own_dirs = {};
  /// Of the state dir: shared files of another owner are not of this gateway.
  /// Empty where not known, as for a configured one that may hang.
  std::optional<uid_t> owner = {};
  /// The state dir as the host names it (see own_dirs), to be found among what
  /// containers mount; empty where only a container sees it.
  std::vector<std::string> host_dirs = {};
  /// Those of OpenClaw that use the state dir, as far as the exporter may see.
  std::vector<ProcessIdentity> processes = {};

  bool operator==(const WatchedGateway&) const = default;
};

/// What of the exporter's own environment discovery looks at.
struct DiscoveryEnvironment {
  std::string openclaw_state_dir;  ///< OPENCLAW_STATE_DIR, or empty
  std::string home;                ///< of the user, or empty

  static DiscoveryEnvironment of_this_process();
};

/// Finds the gateways to watch: those of the configuration, their globs
/// expanded; or, where it names none, the usual places and the state dirs of
/// OpenClaw processes. Tells the logs of each. Names given once stay while the
/// exporter runs. Not thread-safe; its thread may hang in it.
class GatewayDiscovery {
 public:
  GatewayDiscovery(const Settings& settings, DiscoveryEnvironment environment);

  /// From now on the gateways and logs of `settings`, and whatever else as
  /// before. A gateway whose entry, by name and state dir, stays is the same as
  /// before; so are discovered ones where discovery goes on.
  void configure(const Settings& settings);

  /// All gateways of this moment, at most 1000. `table` may be null. `found`,
  /// if given, is called with each new one at once: a later place may hang.
  std::vector<WatchedGateway> round(
      const ProcessTable* table, std::vector<Problem>& problems,
      const std::function<void(const WatchedGateway&)>& found = {});

 private:
  /// A gateway, and where it comes from.
  struct Known {
    WatchedGateway gateway;
    const GatewaySettings* configured = nullptr;     ///< null: discovered
    std::vector<std::string> captures = {};          ///< of its state_dir
    std::optional<DirectoryIdentity> identity = {};  ///< of the state dir
    std::set<std::string> names = {};  ///< of the state dir, by its processes
    /// Its processes know the state dir by a path that is not the host's, so
    /// their /tmp is not the host's either.
    bool contained = false;
  };

  void add_configured(const GatewaySettings& gateway,
                      std::vector<Problem>& problems);
  std::vector<std::string> session_dirs_of(
      const GatewaySettings& gateway,
      const std::vector<std::string>& captures) const;
  std::vector<std::string> usual_places() const;
  /// `local`: those on local file systems, else those that may hang.
  void add_usual_places(bool local, std::vector<Problem>& problems);
  bool is_local(const std::string& pattern) const;
  void add_processes(bool local);
  /// `name_from`: the path that the name is made of.
  void add_existing(const std::string& path, const std::string& name_from,
                    bool passing);
  void forget_ended();
  void add(Known known);
  /// Brings logs, own_dirs, owner and processes up to date.
  void describe(Known& known, std::vector<Problem>& problems) const;
  /// The roots below which the gateway's processes may log.
  std::vector<std::string> log_roots(Known& known,
                                     const std::set<std::string>& host) const;
  /// The names of a directory that the host's own processes may use.
  void add_host_names(const std::string& path,
                      std::set<std::string>& names) const;
  std::string in_rootfs(const std::string& path) const;
  std::string without_rootfs(const std::string& path) const;

  std::function<void(const WatchedGateway&)> found_;  ///< during a round
  std::vector<Mount> mounts_;                         ///< of this round
  Settings settings_;
  const DiscoveryEnvironment environment_;
  std::string real_rootfs_;  ///< without symbolic links; empty: our own root
  OpenclawProcesses openclaw_;
  std::vector<OpenclawProcess> processes_;               ///< of this round
  std::map<std::string, Known> gateways_;                ///< by state dir
  std::map<DirectoryIdentity, std::string> identities_;  ///< to state dir
  std::set<std::string> names_;
};

}  // namespace openclaw_lock
