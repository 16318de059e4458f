// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Which problem an errno value is.
Fault fault_of(int error);

/// Problem with the reason of an errno value in words.
Problem system_problem(int error, std::string where);

/// A whole small file, at most `max_bytes`; a longer one is too_big. For files
/// of procfs and for configuration, which are trusted to be readable without
/// blocking.
Result<std::string> read_small_file(const std::filesystem::path& path,
                                    std::size_t max_bytes);

/// mtime to the millisecond; one beyond the years 1 to 9999 counts as the
/// nearest of them (some file systems keep any number).
WallTime modified_at(const struct stat& found);

/// mtime and ctime in ns, only to be compared: what does not fit wraps around.
std::int64_t mtime_in_ns(const struct stat& found);
std::int64_t ctime_in_ns(const struct stat& found);

/// Opens a directory for listing.
Result<UniqueFd> open_directory(const std::filesystem::path& path);

/// Calls `visit(name, type)` for each entry but `.` and `..`; type is DT_*. The
/// order is the file system's. `visit` returns false to stop early.
Result<bool> list_directory(
    const UniqueFd& directory,
    const std::function<bool(std::string_view, unsigned char)>& visit);

/// A path without symbolic links to what the descriptor is open at.
Result<std::string> path_of(const UniqueFd& descriptor);

}  // namespace openclaw_lock
