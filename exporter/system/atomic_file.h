// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace openclaw_lock {

/// Writes a file whole or not at all: PATH.tmp in the same directory, synced,
/// renamed. Nothing where it worked, else the problem. Whoever reads PATH, as
/// node_exporter's textfile collector does, never sees a part of it. Malformed
/// where PATH is something else than a regular file, or a link to that.
std::optional<Problem> write_atomically(const std::filesystem::path& path,
                                        std::string_view text,
                                        mode_t mode = 0644);

}  // namespace openclaw_lock
