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

bool is_network_filesystem(std::string_view type) {
  static constexpr std::array<std::string_view, 14> kNetwork{
      "9p",        "afs",    "beegfs",   "ceph", "cifs", "coda", "gpfs",
      "glusterfs", "lustre", "orangefs", "nfs",  "nfs4", "smb3", "smbfs"};
  static constexpr std::array<std::string_view, 12> kServers{
      "ceph-fuse", "cephfs",  "curlftpfs", "davfs", "gcsfuse", "glusterfs",
      "goofys",    "juicefs", "rclone",    "s3fs",  "sshfs",   "seaweedfs"};
  constexpr std::string_view kFuse = "fuse.";
  if (!type.starts_with(kFuse))
    return std::find(kNetwork.begin(), kNetwork.end(), type) != kNetwork.end();
  type.remove_prefix(kFuse.size());
  return std::find(kServers.begin(), kServers.end(), type) != kServers.end();
}

}  // namespace openclaw_lock
