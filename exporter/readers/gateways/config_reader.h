// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/gateways/directory_identity.h"
#include "core/gateways/openclaw_config.h"
#include "core/procfs/process_identity.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Whose openclaw.json is to be read, and as whom.
struct ConfigPlace {
  std::string state_dir;  ///< as the gateway names it
  std::string root;       ///< its root directory (see resolve_in_root)
  uid_t owner = 0;        ///< its own user
  std::string procfs = "/proc";
  std::optional<ProcessIdentity> process;  ///< its gateway; empty: none runs
};

/// What a file was when it was read.
struct ConfigFileStamp {
  std::string path;                                ///< as the gateway names it
  std::optional<DirectoryIdentity> identity = {};  ///< empty: not there
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;

  bool operator==(const ConfigFileStamp&) const = default;
};

/// What an openclaw.json says, and what that was read from.
struct OpenclawConfig {
  ConfigPlaces places;  ///< as the gateway names them
  /// Each names the file as the exporter can open it.
  std::vector<Problem> problems;
  bool readable = true;  ///< it could be read, or there is none
  std::string root;
  std::optional<ProcessIdentity> process;
  std::vector<ConfigFileStamp> files;
  bool settled = false;  ///< it holds while the files are as they were
};

/// Reads the configuration of a gateway with its own environment. `before`:
/// what the last look has read, null before the first; it is returned where
/// nothing has changed since, which costs a stat(2) for each file.
///
/// Whoever writes it is not trusted. Only regular files of `owner` are opened,
/// without waiting and without following a last link, and those of root that
/// everybody may read (a ConfigMap, the store of Nix); links are followed in
/// `root` alone; included files lie below the directory of the configuration or
/// OPENCLAW_INCLUDE_ROOTS by their real paths, too. All else is a problem
/// `denied`. While the configuration cannot be read, what was known of it
/// holds, as it does for a gateway that runs. None is no problem.
///
/// Hangs where the file systems or the process do; null, or `before`, where the
/// gate is shut.
std::shared_ptr<const OpenclawConfig> read_config(
    const ConfigPlace& place, std::shared_ptr<const OpenclawConfig> before,
    WallTime now, const Gate& gate);

}  // namespace openclaw_lock
