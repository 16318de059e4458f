// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace openclaw_lock {

/// Time that tasks lost waiting, since boot or since the control group was
/// made: `total` of /proc/pressure/io or of a control group's io.pressure
/// (Documentation/accounting/psi.rst), in microseconds. Never goes back.
struct Pressure {
  std::chrono::microseconds some{};  ///< at least one task waited
  /// All tasks that were not idle waited; empty where the kernel tells none.
  std::optional<std::chrono::microseconds> full;

  bool operator==(const Pressure&) const = default;
};

/// Reads such a file: a line `some`, maybe a line `full`; lines of other names
/// are left out. No valid line `some` is malformed.
Result<Pressure> parse_pressure(std::string_view text);

}  // namespace openclaw_lock
