// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace openclaw_lock {

/// Writes a file for node_exporter's textfile collector: whole or not at all
/// (a temporary file in the same directory, synced, renamed), mode 0644.
/// Nothing where it worked, else the problem.
std::optional<Problem> write_textfile(const std::filesystem::path& path,
                                      std::string_view text);

}  // namespace openclaw_lock
