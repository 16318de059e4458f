// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Has SIGHUP, SIGTERM and SIGINT wait for wait_for_signal(), and SIGPIPE and
/// SIGXFSZ ignored: a write fails instead. In this thread and those that it
/// will make.
void hold_signals();

/// Readable once SIGTERM or SIGINT waits; none: -1.
UniqueFd end_signals();

/// The held signal that came within the span; at most 0: none. From the first
/// thread.
int wait_for_signal(std::chrono::milliseconds span);

}  // namespace openclaw_lock
