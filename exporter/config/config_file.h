// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Applies the YAML text of a configuration file to `settings`. Keys are those
/// of `gateways` (contract section 1) and the flags' names with the dots as
/// levels: `sample: {interval: 10s}`, `web: {listen_address: [...]}`. Unknown
/// keys, wrong types, duplicate keys and gateways named twice are errors.
///
/// The error's `where` is `FILE:LINE`, its `detail` names key and reason.
/// `file_name` is only for that. At most 1 MiB of text; never throws.
Result<Settings> apply_config(std::string_view yaml,
                              const std::string& file_name, Settings settings);

/// Reads the file, which must be a regular one or a link to one, and applies
/// it. May hang where its file system does.
Result<Settings> apply_config_file(const std::filesystem::path& file,
                                   Settings settings);

}  // namespace openclaw_lock
