// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace openclaw_lock {

/// How many bytes another writer has put in front of a gateway's line; 0: none.
///
///     2026-11-28T16:00:00: LINE              pm2 --time
///     2026-11-28 16:00:00 +00:00: LINE       pm2 --log-date-format
///     0|openclaw  | LINE                     pm2 logs
///     openclaw-gateway-1  | LINE             docker compose logs
///     Nov 28 16:00:00 host node[123]: LINE   rsyslog, journalctl
///     2026-11-28T16:00:00+0000 host node[123]: LINE   journalctl -o short-iso,
///                                            rsyslog
///     <30>Nov 28 16:00:00 host node[123]: LINE        RFC 3164
///     <30>1 2026-11-28T16:00:00Z host node 123 - - LINE   RFC 5424
///     2026-11-28T16:00:00+00:00 app[web.1]: LINE      Heroku
///     2026-11-28T16:00:00Z app[e286de4] ams [info]LINE   Fly.io; also with a
///                                            blank
///     [pod/openclaw-0/gateway] LINE          kubectl logs --prefix
///     2026-11-28T16:00:00.123456789Z LINE    kubectl logs --timestamps
///     2026-11-28T16:00:00+00:00 group/stream LINE     aws logs tail
///     2026-11-28T16:00:00Z {app="openclaw"} LINE      logcli
///
/// or up to three of them, in colour or not. The last three look like the
/// header of a gateway's own line: they are prefixes only where a time, or
/// JSON, follows.
std::size_t line_prefix(std::string_view line);

}  // namespace openclaw_lock
