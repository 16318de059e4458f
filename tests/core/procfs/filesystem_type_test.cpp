// SPDX-License-Identifier: Apache-2.0
#include "core/procfs/filesystem_type.h"

#include <doctest/doctest.h>

#include <string>

using namespace openclaw_lock;

TEST_CASE("is_local_filesystem: what only this kernel writes to") {
  for (const std::string type :
       {"ext4", "xfs", "btrfs", "zfs", "f2fs", "tmpfs", "overlay", "ext3"}) {
    CAPTURE(type);
    CHECK(is_local_filesystem(type));
  }
}

TEST_CASE(
    "is_local_filesystem: network, FUSE, virtual and unknown ones are "
    "not") {
  for (const std::string type :
       {"nfs",       "nfs4", "cifs",     "smb3",  "smbfs",      "ceph",
        "glusterfs", "9p",   "virtiofs", "fuse",  "fuse.sshfs", "fuse.s3fs",
        "fuseblk",   "afs",  "ocfs2",    "gfs2",  "lustre",     "vboxsf",
        "drvfs",     "hgfs", "proc",     "sysfs", "",           "ext5",
        "EXT4",      "ext4 "}) {
    CAPTURE(type);
    CHECK_FALSE(is_local_filesystem(type));
  }
}

TEST_CASE("is_network_filesystem: by the type or the name of a FUSE server") {
  for (const std::string type :
       {"nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "lustre", "fuse.sshfs",
        "fuse.glusterfs", "fuse.s3fs", "fuse.juicefs"}) {
    CAPTURE(type);
    CHECK(is_network_filesystem(type));
    CHECK_FALSE(is_local_filesystem(type));
  }
}

TEST_CASE("is_network_filesystem: all others are none") {
  for (const std::string type :
       {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "virtiofs", "fuse",
        "fuseblk", "fuse.", "fuse.fuse-overlayfs", "fuse.nfs", "sshfs", "nfsd",
        "NFS", ""}) {
    CAPTURE(type);
    CHECK_FALSE(is_network_filesystem(type));
  }
}
