// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Names of the settings that differ and take effect only after a restart, as
/// in `sample.interval`, in the order of --help. The others (gateways, logs,
/// the log's level and format, the web configuration) are reloaded.
std::vector<std::string> find_restart_settings(const Settings& running,
                                               const Settings& next);

}  // namespace openclaw_lock
