// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/filesystem_type.h"

#include <algorithm>
#include <array>

namespace openclaw_lock {

bool is_local_filesystem(std::string_view type) {
  static constexpr std::array<std::string_view, 18> kLocal{
      "bcachefs", "btrfs",    "erofs", "exfat",  "ext2",  "ext3",
      "ext4",     "f2fs",     "jfs",   "nilfs2", "ntfs3", "overlay",
      "ramfs",    "reiserfs", "tmpfs", "vfat",   "xfs",   "zfs"};
  return std::find(kLocal.begin(), kLocal.end(), type) != kLocal.end();
}

}  // namespace openclaw_lock
