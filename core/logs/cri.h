// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/logs/console_line.h"
#include "core/logs/line_joiner.h"

namespace openclaw_lock {

/// Unwraps lines of the CRI log format (kubelet, containerd, CRI-O;
/// `/var/log/pods/*/*/*.log`):
/// `2026-11-20T23:16:17.939123456Z stderr F text`. `P` marks a piece of a line,
/// `F` its end; further tags may follow behind colons. Joined per stream.
class CriDecoder {
 public:
  /// The console line that ends here, empty for a piece. Malformed is what has
  /// another form; too_big what is longer than kMaxLogLineBytes.
  Result<std::optional<ConsoleLine>> decode(std::string_view line);

 private:
  LineJoiner out_;
  LineJoiner err_;
};

}  // namespace openclaw_lock
