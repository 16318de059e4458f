// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/logs/console_line.h"
#include "core/logs/line_joiner.h"

namespace openclaw_lock {

/// Unwraps lines of `journalctl -o json` (systemd, journalctl(1) and
/// systemd.journal-fields(7)). `MESSAGE` is a string, an array of byte values
/// where it is not printable UTF-8, or null where it is too long for the
/// output; `__REALTIME_TIMESTAMP` a string, µs after the epoch.
/// journald cuts lines at 48 KiB (`_LINE_BREAK=line-max`): pieces are joined.
/// Both streams of a unit arrive as one.
class JournaldJsonDecoder {
 public:
  /// The console line that ends here; empty for a piece and for an entry
  /// whose message is null. Malformed is what is no JSON object with a
  /// `MESSAGE`; too_big what is longer than kMaxLogLineBytes.
  Result<std::optional<ConsoleLine>> decode(std::string_view line);

 private:
  LineJoiner joiner_;
};

}  // namespace openclaw_lock
