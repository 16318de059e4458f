// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace openclaw_lock {

/// Instants of the monotonic clock: spans of them survive a set clock.
using MonotonicTime = std::chrono::steady_clock::time_point;

}  // namespace openclaw_lock
