// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/stat.h>

#include <cstdint>

#include "core/base/wall_time.h"

namespace openclaw_lock {

/// Until when a list of a directory's entries holds: while its inode, mtime and
/// ctime are the same (a restored backup puts the mtime back, not the ctime),
/// and for a minute at most. Never where an entry may yet come or go without
/// others: file systems keep them in steps of up to 2 s. For file systems on
/// which nobody else's changes are seen late.
class DirectoryStamp {
 public:
  /// Holds never.
  DirectoryStamp() = default;

  /// `found` must have been read before the directory was listed.
  DirectoryStamp(const struct stat& found, WallTime now);

  /// `found`: what stat(2) says now.
  bool holds(const struct stat& found, WallTime now) const;

 private:
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  std::int64_t mtime_ns_ = 0;
  std::int64_t ctime_ns_ = 0;
  WallTime read_at_{};
  bool settled_ = false;
};

}  // namespace openclaw_lock
