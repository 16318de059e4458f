// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exporter/commands/start_watch.h"
#include "exporter/config/settings.h"
#include "exporter/http/access/web_config_file.h"

namespace openclaw_lock {

/// The web configuration that the settings name. Null, and told on standard
/// error, where it, or what is to be served, is wrong.
std::shared_ptr<WebConfigFile> load_web_configuration(const Settings& settings,
                                                      StartWatch& watch);

/// `--config.check`: looks at what the settings name, and returns the exit
/// code: 0 all right, 2 wrong. The watch ends the process where one of them
/// hangs.
int check(const Settings& settings, StartWatch& watch);

}  // namespace openclaw_lock
