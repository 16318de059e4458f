// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exporter/commands/start_watch.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// `--once`: writes one complete sample to standard output or `textfile.path`,
/// and returns the exit code: 0 written or asked to stop, 1 not, 2 wrong
/// configuration. Ends the process itself where a reader hangs. Call it once,
/// from the first thread.
int once(const Settings& settings, StartWatch& watch);

}  // namespace openclaw_lock
