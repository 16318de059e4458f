// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/gateways/gateway_claim.h"
#include "core/locks/lock_ledger.h"

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
};

/// Reads `gateway.*.lock` there: `.../TMPDIR/openclaw-UID` up to 2026.7.35, or
/// `STATE/tmp/openclaw-UID`. A directory that is not there has none; a lock
/// that is no JSON object says nothing.
GatewayLocks read_gateway_locks(const std::string& directory);

/// The same of all directories `openclaw-UID` of the state directory.
GatewayLocks read_state_gateway_locks(const std::string& state_dir);

}  // namespace openclaw_lock
