// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/wall_time.h"
#include "core/sources/source_health.h"

namespace openclaw_lock {

/// The only places where the clocks are asked.
WallTime wall_time_now();
MonotonicTime monotonic_now();

}  // namespace openclaw_lock
