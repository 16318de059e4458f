// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/fleet/gateway_register.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_logs.h"
#include "exporter/fleet/gateway_look.h"

namespace openclaw_lock {

/// A gateway that is to be watched.
struct WatchedGateway {
  std::string name;                       ///< unique; value of the label
  std::string state_dir;                  ///< as the exporter can open it
  std::vector<std::string> session_dirs;  ///< extra ones; may be globs
  /// Those of its own `session.store`, besides.
  std::optional<NamedSessionDirs> named_dirs = {};
  bool passing = false;  ///< known by way of a process
  /// Configured ones, else the usual places of the host and of the root of each
  /// process of the gateway, and the `logging.file` of its own configuration;
  /// changes as processes come and go.
  std::vector<WatchedLog> logs = {};
  /// The state and session directories as the gateway's own processes name them
  /// (no rootfs, no /proc/PID/root; the literal path, and the one without
  /// symbolic links): in a shared log what names another directory is not of
  /// this gateway.
  std::vector<std::string> own_dirs = {};
  /// Of the gateway's processes, else of the state dir: shared files of another
  /// owner are not of this gateway. Empty where not known.
  std::optional<uid_t> owner = {};
  /// The state dir as the host names it (see own_dirs), to be found among what
  /// containers mount; empty where only a container sees it.
  std::vector<std::string> host_dirs = {};
  /// Those of OpenClaw that use the state dir, as far as the exporter may see.
  std::vector<ProcessIdentity> processes = {};
  /// What absolute links inside the state dir start at: rootfs, or
  /// /proc/PID/root; empty: our own root.
  std::string root = {};
  GatewayOrigin origin = GatewayOrigin::discovered;
  bool missing = false;  ///< its directory is gone, and it has no process
  /// The state dir without symbolic links: what lies there is what hangs.
  std::string home = {};

  bool operator==(const WatchedGateway&) const = default;
};

/// Keeps which gateways are to be watched, and tells the logs of each. Names
/// given once stay while the exporter runs. Looks at nothing itself, so that it
/// never hangs: look_for_gateways() does what order() says, and take() has what
/// it saw. Not thread-safe.
class GatewayDiscovery {
 public:
  GatewayDiscovery(const Settings& settings, DiscoveryEnvironment environment);

  /// From now on the gateways and logs of `settings`, and whatever else as
  /// before. A gateway whose entry, by name and state dir, stays is the same as
  /// before; so are discovered ones where discovery goes on.
  void configure(const Settings& settings);

  /// See GatewayRegister::restore.
  void restore(std::map<std::string, WallTime> first_seen) {
    register_.restore(std::move(first_seen));
  }
  std::map<std::string, WallTime> first_seen() const {
    return register_.first_seen();
  }

  LookOrder order() const;

  /// Takes in what a look saw; one that was ordered before the configuration
  /// changed says nothing. `incidents`: the newest of each gateway, by name.
  void take(const GatewaysSeen& seen, WallTime now,
            const std::map<std::string, WallTime>& incidents,
            std::vector<Problem>& problems);

  /// All gateways of this moment, at most 1000, sorted by state directory.
  const std::vector<WatchedGateway>& gateways() const { return gateways_; }

  /// A whole round at once: order, look, take.
  const std::vector<WatchedGateway>& round(const ProcessFacts* facts,
                                           WallTime now, const Gate& gate,
                                           std::vector<Problem>& problems);

 private:
  /// What stays known of a gateway while nothing of it runs.
  struct Memory {
    std::set<std::string> process_names;  ///< of the state dir
    bool contained = false;               ///< see SeenDirectory
    std::optional<uid_t> owner;
    std::string entry;
    std::vector<std::string> captures;
    std::optional<WallTime> described_at;
    std::optional<DirectoryIdentity> identity;
    std::vector<Problem> problems;             ///< of its logs
    std::shared_ptr<const NamedPlaces> named;  ///< by its configuration
    std::shared_ptr<const std::set<std::string>> links;  ///< see KnownGateway
  };

  /// The logs that are configured for it; none: the usual ones.
  std::vector<WatchedLog> find_logs(const std::string& name,
                                    Memory& memory) const;
  void use(std::shared_ptr<const Settings> settings);
  static void tell(const Memory& memory, std::vector<Problem>& problems);
  void describe(const RegisteredGateway& gateway, const SeenDirectory* seen,
                WallTime now, std::vector<Problem>& problems);

  std::shared_ptr<const Settings> settings_;
  std::map<std::string, const GatewaySettings*> entries_;  ///< of settings_
  const DiscoveryEnvironment environment_;
  GatewayRegister register_;
  std::map<std::string, Memory> memory_;  ///< by name
  std::vector<WatchedGateway> gateways_;
  std::map<std::string, WatchedGateway> before_;  ///< during take()
};

}  // namespace openclaw_lock
