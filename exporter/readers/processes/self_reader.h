// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/fleet/snapshot.h"

namespace openclaw_lock {

/// Reads this process' own figures, from /proc/self and the kernel; never from
/// another root. Touches no disk.
std::optional<ProcessFigures> read_self();

}  // namespace openclaw_lock
