// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_table.h"
#include "exporter/config/settings.h"
#include "exporter/readers/session_directories.h"

namespace openclaw_lock {

/// A gateway that is to be watched.
struct WatchedGateway {
  std::string name;                       ///< unique; value of the label
  std::string state_dir;                  ///< as the exporter can open it
  std::vector<std::string> session_dirs;  ///< extra ones; may be globs
  bool passing = false;  ///< known by way of a process: gone when that is
};

/// What of the exporter's own environment discovery looks at.
struct DiscoveryEnvironment {
  std::string openclaw_state_dir;  ///< OPENCLAW_STATE_DIR, or empty
  std::string home;                ///< of the user, or empty

  static DiscoveryEnvironment of_this_process();
};

/// Finds the gateways to watch: those of the configuration, their globs
/// expanded; or, where it names none, the usual places and the state dirs of
/// OpenClaw processes. Names given once stay while the exporter runs. Not
/// thread-safe; its thread may hang in it.
class GatewayDiscovery {
 public:
  GatewayDiscovery(const Settings& settings, DiscoveryEnvironment environment);

  /// All gateways of this moment, at most 1000. `table` may be null. `found`,
  /// if given, is called with each new one at once: a later place may hang.
  std::vector<WatchedGateway> round(
      const ProcessTable* table, std::vector<Problem>& problems,
      const std::function<void(const WatchedGateway&)>& found = {});

 private:
  void add_configured(const GatewaySettings& gateway,
                      std::vector<Problem>& problems);
  std::vector<std::string> usual_places() const;
  /// `local`: those on local file systems, else those that may hang.
  void add_usual_places(bool local, std::vector<Problem>& problems);
  bool is_local(const std::string& pattern) const;
  void add_processes(const ProcessTable& table);
  void add_process(int pid);
  /// `name_from`: the path that the name is made of.
  void add_existing(const std::string& path, const std::string& name_from,
                    bool passing);
  void forget_ended();
  void add(std::string name, const std::string& state_dir,
           std::vector<std::string> session_dirs, bool passing);
  std::string in_rootfs(const std::string& path) const;
  std::optional<std::string> path_for(int pid,
                                      const std::string& inner_path) const;

  std::function<void(const WatchedGateway&)> found_;  ///< during a round
  std::vector<Mount> mounts_;                         ///< of this round
  const Settings settings_;
  const DiscoveryEnvironment environment_;
  std::map<std::string, WatchedGateway> gateways_;       ///< by state dir
  std::map<DirectoryIdentity, std::string> identities_;  ///< to state dir
  std::set<std::string> names_;
  /// Processes already looked at: pid, start, name.
  std::set<std::pair<std::pair<int, std::uint64_t>, std::string>> examined_;
};

}  // namespace openclaw_lock
