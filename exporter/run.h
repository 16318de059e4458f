// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Does what the settings say until SIGTERM or SIGINT, and gives the exit code:
/// 0 clean stop, 1 run-time failure. Ends the process itself where a reader
/// hangs that cannot be waited for. Call it once, from the first thread.
int run(const Settings& settings);

}  // namespace openclaw_lock
