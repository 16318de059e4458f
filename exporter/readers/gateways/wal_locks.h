// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>

#include "core/procfs/file_locks.h"

namespace openclaw_lock {

/// WAL write locks of all databases of the host, by inode of the -shm file.
using WalLocks = std::multimap<std::uint64_t, FileLock>;

/// One reading of /proc/locks, for all gateways; null where it cannot be read.
/// Locks of processes outside our PID namespace are not in it.
std::shared_ptr<const WalLocks> read_wal_locks(
    const std::filesystem::path& procfs);

}  // namespace openclaw_lock
