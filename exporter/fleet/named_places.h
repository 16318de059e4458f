// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "exporter/fleet/gateway_logs.h"
#include "exporter/readers/directories/session_directories.h"
#include "exporter/readers/gateways/config_reader.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// How a gateway's own paths are found by the exporter.
struct GatewayPaths {
  std::string state_dir;  ///< as the exporter can open it
  /// The state dir as the gateway names it, first without links.
  std::vector<std::string> inner = {};
  std::string host_root = {};  ///< see resolve_in_root
  /// Its process' own, where its paths start; empty: where the host's do.
  std::string process_root = {};
  bool shares_root = true;  ///< both are the same directory
  uid_t owner = 0;          ///< its own user

  const std::string& root() const {
    return process_root.empty() ? host_root : process_root;
  }
};

/// What a gateway's configuration names, as the exporter can open it.
struct NamedPlaces {
  std::shared_ptr<const OpenclawConfig> config;  ///< null: not read yet
  std::vector<WatchedLog> logs = {};
  std::optional<NamedSessionDirs> session_dirs = {};
  std::set<std::string> own_dirs = {};  ///< see WatchedGateway
  std::vector<Problem> problems = {};   ///< those of the configuration, too
};

/// Finds them. What the host has, too, is found there, and what lies in the
/// state directory in that, so that it stays the same when the gateway begins
/// anew; all else below its process' root. A log among sessions or
/// databases is refused, as is a session directory of another gateway
/// (`others`: state directories): denied. Where sessions lie by default is left
/// out. Hangs where the file systems do.
NamedPlaces find_named_places(std::shared_ptr<const OpenclawConfig> config,
                              const GatewayPaths& view,
                              const std::vector<std::string>& others,
                              const Gate& gate);

/// What of it can still be found while no process shows the gateway's root.
NamedPlaces without_processes(NamedPlaces places, const std::string& procfs);

}  // namespace openclaw_lock
