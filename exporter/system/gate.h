// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

namespace openclaw_lock {

/// Asked before a path is touched that may lie on another file system than what
/// the round touched before. False: that file system hangs now, and touching it
/// would cost another thread. True: it counts as entered; a round that does not
/// come back hangs there. Touches nothing itself.
using Gate = std::function<bool(const std::string& path)>;

/// For callers that nobody waits for.
inline bool always_open(const std::string& /*path*/) { return true; }

}  // namespace openclaw_lock
