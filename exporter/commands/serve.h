// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exporter/commands/start_watch.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Serves until SIGTERM or SIGINT, then ends the process: exit code 0; 1 where
/// it could not start. Returns only 2: wrong configuration. SIGHUP has the
/// `arguments` that the settings came from read again, with the files they
/// name. Call it once, from the first thread.
int serve(const Settings& settings, const std::vector<std::string>& arguments,
          StartWatch& watch);

}  // namespace openclaw_lock
