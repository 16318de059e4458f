// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "core/base/monotonic_time.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

/// The only places where the clocks are asked.
WallTime wall_time_now();
MonotonicTime monotonic_now();

/// How far the wall clock is ahead of the time since boot, suspend included: it
/// stays but where the clock is set, or slewed.
std::chrono::nanoseconds wall_clock_offset();

/// The instant at which a clock of this process's zone (TZ, /etc/localtime)
/// shows `shown`, which is given as if it was UTC; itself where the zone cannot
/// tell.
WallTime from_local_time(WallTime shown);

/// How a reader asks for the time; a test gives its own answer.
using WallClock = std::function<WallTime()>;
using Clock = std::function<MonotonicTime()>;

}  // namespace openclaw_lock
