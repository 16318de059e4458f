// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// A lock on a file that a process has, of /proc/locks (proc(5)).
struct FileLock {
  int pid = 0;                     ///< in the namespace of the procfs
  std::uint32_t device_major = 0;  ///< of the superblock
  std::uint32_t device_minor = 0;
  std::uint64_t inode = 0;
  std::uint64_t first_byte = 0;
  std::uint64_t last_byte = 0;  ///< 2^64-1: to the end of the file
  bool write = false;           ///< exclusive

  bool operator==(const FileLock&) const = default;
};

/// Reads the text. Only POSIX record locks; requests that wait (`->`), those of
/// no process of this namespace (pid 0 or less) and lines of another form are
/// left out.
std::vector<FileLock> parse_file_locks(std::string_view text);

/// True for SQLite's WAL write lock, where the file is a `-shm`: byte 120,
/// taken exclusively while a write transaction is open
/// (sqlite.org/walformat.html, 2.3.1).
bool is_wal_write_lock(const FileLock& lock);

}  // namespace openclaw_lock
