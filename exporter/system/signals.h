// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace openclaw_lock {

/// Has SIGHUP, SIGTERM and SIGINT wait for wait_for_signal(), and SIGPIPE
/// ignored; in this thread and those that it will make.
void hold_signals();

/// The held signal that came within the span; at most 0: none. From the first
/// thread.
int wait_for_signal(std::chrono::milliseconds span);

}  // namespace openclaw_lock
