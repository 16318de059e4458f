// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "core/base/monotonic_time.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

/// The only places where the clocks are asked.
WallTime wall_time_now();
MonotonicTime monotonic_now();

/// How a reader asks for the time; a test gives its own answer.
using WallClock = std::function<WallTime()>;

}  // namespace openclaw_lock
