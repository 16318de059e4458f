// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/gateways/gateway_claim.h"
#include "core/locks/lock_ledger.h"
#include "core/procfs/process_table.h"
#include "exporter/readers/directories/directory_stamp.h"

namespace openclaw_lock {

/// A singleton lock as it is at one moment.
struct GatewayLock {
  std::string directory;
  std::string name;
  std::uint64_t device = 0;
  FileIdentity identity;
  WallTime modified_at{};
  GatewayClaim claim;
};

/// What the singleton locks of a directory `openclaw-UID` say.
struct GatewayLocks {
  std::vector<GatewayLock> locks;
  bool readable = true;  ///< false: there may be locks that could not be read
  std::vector<std::string> directories = {};  ///< that were looked into
};

/// The singleton locks in directories `openclaw-UID`: `.../TMPDIR/openclaw-UID`
/// up to 2026.7.35, `STATE/tmp/openclaw-UID` after that. Reads a directory
/// again only where it has changed, and once a minute: a gateway removes its
/// lock and makes another, it never writes into one twice. A directory that is
/// not there has none; a lock that is no JSON object has an empty claim. Not
/// thread-safe; hangs where the file system does.
class GatewayLockReader {
 public:
  const GatewayLocks& read_directory(const std::string& path, WallTime now);

  /// Those of all directories `openclaw-UID` in `tmp`.
  GatewayLocks read_all(const std::string& tmp, WallTime now);

  /// Lets go of what was not read since the last call.
  void forget_unread();

 private:
  struct Directory {
    DirectoryStamp stamp;
    GatewayLocks locks;
    bool used = true;
  };
  struct Names {
    DirectoryStamp stamp;
    std::vector<std::string> names;
    bool readable = true;
    bool used = true;
  };

  std::map<std::string, Directory> directories_;
  std::map<std::string, Names> tmps_;
};

/// The name of the lock of a gateway with this configuration, up to 2026.7.35:
/// `gateway.HASH.lock`, the first 8 hex digits of the path's SHA-256.
std::string gateway_lock_name(const std::string& config_path);

/// Whether a lock names this process, the gateway that wrote it.
bool names_process(const GatewayClaim& claim, const Process& process);

}  // namespace openclaw_lock
