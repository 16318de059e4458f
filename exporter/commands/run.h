// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Does what the settings say until SIGTERM or SIGINT, and gives the exit code:
/// 0 clean stop, 1 run-time failure, 2 wrong configuration. SIGHUP has the
/// `arguments` that the settings came from read again, with the files they
/// name. Ends the process itself where a reader hangs that cannot be waited
/// for. Call it once, from the first thread.
int run(const Settings& settings, const std::vector<std::string>& arguments);

}  // namespace openclaw_lock
