// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "exporter/config/settings.h"

namespace openclaw_lock {

/// Print `text` and end with `exit_code`: --help and --version (0, standard
/// output) and every wrong use (2, one line on standard error).
struct EarlyExit {
  int exit_code = 0;
  std::string text;
};

/// Reads the command line, then the configuration file it names; a flag wins
/// over the same key in the file. `arguments` is argv without argv[0].
/// `reading` is told of the file before it is touched, which may hang.
std::variant<Settings, EarlyExit> parse_command_line(
    const std::vector<std::string>& arguments,
    const std::function<void(const std::filesystem::path&)>& reading = {});

}  // namespace openclaw_lock
