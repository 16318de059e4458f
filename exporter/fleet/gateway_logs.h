// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// A log of a gateway.
struct WatchedLog {
  std::string source;   ///< path or glob as the exporter can open it, `-`, or
                        ///< `journald:UNIT`
  bool shared = false;  ///< may hold records of other gateways: see
                        ///< WatchedGateway::own_dirs

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

/// The places where OpenClaw logs by default, below each of `roots` (a root
/// directory without a slash at its end, empty for our own): /tmp/openclaw and
/// /tmp/openclaw-OWNER. One directory by several paths is listed once, by the
/// first.
std::vector<WatchedLog> usual_logs(const std::vector<std::string>& roots,
                                   std::optional<uid_t> owner);

}  // namespace openclaw_lock
