// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string_view>

namespace openclaw_lock {

/// Inodes of the listening sockets of a network namespace: state 0A of
/// /proc/PID/net/tcp and tcp6 (Documentation/networking/proc_net_tcp.rst).
/// Lines of another form are left out.
std::set<std::uint64_t> parse_listening_inodes(std::string_view text);

}  // namespace openclaw_lock
