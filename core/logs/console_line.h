// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/wall_time.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// A line that a gateway wrote to its console, and what the thing that caught
/// it (Docker, kubelet, journald) knows of it.
struct ConsoleLine {
  std::string text;  ///< without its newline
  ConsoleStream stream = ConsoleStream::unknown;
  std::optional<WallTime> arrived_at;
  /// When it was read at the latest, where nothing notes arrivals.
  std::optional<WallTime> read_at{};

  bool operator==(const ConsoleLine&) const = default;
};

/// `stdout` or `stderr`, as all of these call them.
inline ConsoleStream parse_stream(std::string_view name) {
  if (name == "stdout") return ConsoleStream::out;
  if (name == "stderr") return ConsoleStream::err;
  return ConsoleStream::unknown;
}

}  // namespace openclaw_lock
