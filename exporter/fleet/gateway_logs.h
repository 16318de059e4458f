// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/gateways/directory_identity.h"
#include "exporter/config/settings.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// A log of a gateway.
struct WatchedLog {
  std::string source;   ///< path or glob as the exporter can open it, `-`, or
                        ///< `journald:UNIT`
  bool shared = false;  ///< may hold records of other gateways: see
                        ///< WatchedGateway::own_dirs
  bool named = false;   ///< see FollowedSource

  bool operator==(const WatchedLog&) const = default;
};

/// The logs that flags or the file give to a gateway, flags first: flags win.
/// `configured`: the gateway's entry, null for a discovered one; `captures`:
/// what the wildcards of its state_dir stand for. A source that captures make
/// impossible is left out and told in `problems`.
std::vector<WatchedLog> configured_logs(
    const Settings& settings, const GatewaySettings* configured,
    const std::vector<std::string>& captures, const std::string& name,
    std::vector<Problem>& problems);

/// The places where OpenClaw logs by default. Made for one look: a directory
/// that many gateways have is looked at once.
class UsualLogs {
 public:
  explicit UsualLogs(const Gate& gate) : gate_{gate} {}

  /// /tmp/openclaw and /tmp/openclaw-OWNER below each of `roots` (a root
  /// directory without a slash at its end, empty for our own). One directory by
  /// several paths is listed once, by the first.
  std::vector<WatchedLog> below(const std::vector<std::string>& roots,
                                std::optional<uid_t> owner);

 private:
  /// A directory that may hold logs, and what tells it from others. One that is
  /// not there yet is known by its parent.
  struct Place {
    std::string path;
    std::string name;
    std::optional<DirectoryIdentity> identity;
    std::optional<DirectoryIdentity> parent;

    bool is_same(const Place& other) const;
  };

  const Place& look_at(const std::string& parent, const std::string& name);
  std::optional<DirectoryIdentity> identity_of(const std::string& path) const;

  const Gate& gate_;
  std::map<std::string, Place> places_;  ///< by path
};

}  // namespace openclaw_lock
