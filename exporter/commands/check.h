// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exporter/config/settings.h"
#include "exporter/http/access/web_config_file.h"

namespace openclaw_lock {

/// The web configuration that the settings name. Null, and told on standard
/// error, where it, or what is to be served, is wrong.
std::shared_ptr<WebConfigFile> load_web_configuration(const Settings& settings);

/// `--config.check`: looks at what the settings name, and returns the exit
/// code: 0 all right, 2 wrong.
int check(const Settings& settings);

}  // namespace openclaw_lock
