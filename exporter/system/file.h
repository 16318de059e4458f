// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Which problem an errno value is.
Fault fault_of(int error);

/// Problem with the reason of an errno value in words, see describe_error.
Problem system_problem(int error, std::string where);

/// A whole small file, at most `max_bytes`; a longer one is too_big. For files
/// of procfs, sysfs and cgroups, which are trusted to be readable without
/// blocking.
Result<std::string> read_small_file(const std::filesystem::path& path,
                                    std::size_t max_bytes);

/// Hands a file of procfs to `visit` piece by piece; one longer than
/// `max_bytes` is too_big, once so much of it was visited.
std::optional<Problem> read_pieces(
    const std::filesystem::path& path, std::size_t max_bytes,
    const std::function<void(std::string_view)>& visit);

/// Malformed where it is there and no regular file, nor a link to one: a FIFO
/// would keep whoever opens it, a device may do anything. Nothing where it is
/// one, or is not there.
std::optional<Problem> find_irregular(const std::filesystem::path& path);

/// Opens a regular file, or a link to one, without waiting; `flags` such as
/// O_RDONLY. Malformed where it is none.
Result<UniqueFd> open_regular_file(const std::filesystem::path& path, int flags,
                                   mode_t mode = 0);

/// The same as read_small_file, of a regular file: for what is named by
/// somebody else. May still hang on a file system that does.
Result<std::string> read_regular_file(const std::filesystem::path& path,
                                      std::size_t max_bytes);

/// The same, of what is open already; `path` is where.
Result<std::string> read_regular_file(const UniqueFd& opened,
                                      const std::filesystem::path& path,
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
