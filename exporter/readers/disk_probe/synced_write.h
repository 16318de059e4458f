// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>

#include "core/base/result.h"

namespace openclaw_lock {

/// The one thing that the exporter ever writes below a state directory, where
/// it was told to: a file of 4 KiB that never has a name (O_TMPFILE of
/// open(2)), so that nobody else can open it and the kernel frees it even after
/// a crash; inotify tells watchers of the directory of it. The time is that of
/// write(2) and fdatasync(2), as long as they take: the caller's thread may
/// hang in them.
///
/// `missing`: no such directory, or its file system has no unnamed files (such
/// as NFS); `denied`: it may not be written to; `io`: anything else, such as a
/// full disk. A named file is never made instead.
Result<std::chrono::microseconds> time_synced_write(
    const std::filesystem::path& directory);

}  // namespace openclaw_lock
