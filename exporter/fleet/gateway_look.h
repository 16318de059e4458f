// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/fleet/gateway_register.h"
#include "core/procfs/process_identity.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_logs.h"
#include "exporter/fleet/named_places.h"
#include "exporter/readers/processes/process_facts.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// What of the exporter's own environment discovery looks at.
struct DiscoveryEnvironment {
  std::string openclaw_state_dir;  ///< OPENCLAW_STATE_DIR, or empty
  std::string home;                ///< of the user, or empty

  static DiscoveryEnvironment of_this_process();
};

/// A gateway that is watched already.
struct KnownGateway {
  std::string state_dir;
  std::string entry;  ///< see entry_of(); empty: discovered
  bool passing = false;
  bool contained = false;  ///< see SeenDirectory
  std::optional<uid_t> owner = {};
  std::vector<std::string> captures = {};  ///< of the entry's wildcards
  /// When it was last described, and as what: nothing of it is read again for a
  /// minute where both are as they were. Empty: describe it.
  std::optional<WallTime> described_at = {};
  std::optional<DirectoryIdentity> identity = {};
  std::vector<ProcessIdentity> processes = {};
  std::string home = {};  ///< see WatchedGateway; empty: not known
  /// By its configuration, when last described; null: it was not read.
  std::shared_ptr<const NamedPlaces> named = {};
  /// Where its links led, when last described; null: they were not read.
  std::shared_ptr<const std::set<std::string>> links = {};
};

/// What a look is to do.
struct LookOrder {
  std::shared_ptr<const Settings> settings;
  DiscoveryEnvironment environment;
  std::vector<KnownGateway> known;
};

/// A state directory, and what can be told of it without reading in it.
struct SeenDirectory {
  SeenGateway gateway;
  std::vector<std::string> captures = {};      ///< of the entry's wildcards
  std::vector<std::string> session_dirs = {};  ///< extra ones; may be globs
  std::string root = {};                       ///< see WatchedGateway
  std::optional<uid_t> owner = {};  ///< of its gateways, else of the directory
  std::set<std::string> host_dirs = {};      ///< see WatchedGateway
  std::set<std::string> own_dirs = {};       ///< see WatchedGateway
  std::set<std::string> process_names = {};  ///< by its processes
  std::vector<WatchedLog> usual_logs = {};   ///< those of `named` among them
  std::shared_ptr<const NamedPlaces> named = {};  ///< by its configuration
  std::shared_ptr<const std::set<std::string>> links =
      {};  ///< see KnownGateway
  std::vector<ProcessIdentity> processes = {};
  /// Its processes know it by a path that is not the host's, so their /tmp is
  /// not the host's either. As it was where it has no process.
  bool contained = false;
  std::string home = {};  ///< see WatchedGateway; empty: not known
  /// It was described a moment ago: only `gateway` is filled in.
  bool is_as_before = false;
};

/// What one look saw.
struct GatewaysSeen {
  std::shared_ptr<const Settings> settings;  ///< of the order
  std::vector<SeenDirectory> directories;
  std::vector<Problem> problems;
};

/// What tells an entry of the configuration from others.
std::string entry_of(const GatewaySettings& gateway);

/// Looks for state directories: those of the configuration, its globs expanded;
/// or, where it names none, the usual places and the state directories of
/// OpenClaw's processes. Those that are known are looked at again. `facts`:
/// null where there are none. Remembers nothing, and may hang where the gate
/// lets it: then the next look, with a gate that is shut there, sees the rest.
///
/// A directory `.openclaw-NAME` in which nothing runs is none of its own where
/// another state directory links into it, whatever that one is called (of two
/// that link into each other the second by name is one); a backup is none where
/// nothing was written for ten minutes. A link that is new in a directory which
/// is watched already counts within a minute, and at once where what it leads
/// into is new, too.
GatewaysSeen look_for_gateways(const LookOrder& order,
                               const ProcessFacts* facts, WallTime now,
                               const Gate& gate);

}  // namespace openclaw_lock
