// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "core/base/span_histogram.h"

namespace openclaw_lock {

/// Upper bounds of openclaw_lock_hold_seconds and _wait_seconds, s: from the
/// fast store locks to 30 min, with OpenClaw's own limits among them (acquire
/// timeouts 10 and 60, watchdog 300, longest run 1020).
inline constexpr std::array<double, 19> kHoldBounds{
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,  1,    2.5, 5,
    10,    30,   60,    120,  300, 600,  1020, 1200, 1800};

using HoldHistogram = SpanHistogram<kHoldBounds>;

}  // namespace openclaw_lock
