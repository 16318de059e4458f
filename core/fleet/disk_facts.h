// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/disk/disk_work.h"

namespace openclaw_lock {

/// What a directory lies on.
struct FilesystemFacts {
  std::string type;      ///< as the kernel names it, e.g. ext4
  bool network = false;  ///< its data come over a network
  /// Nobody can write there, whatever a mount says: an error has made it so.
  bool read_only = false;
  std::optional<std::uint64_t> available_bytes =
      {};  ///< to users other than root

  bool operator==(const FilesystemFacts&) const = default;
};

/// What is known of the disk of one gateway.
struct DiskFacts {
  std::optional<FilesystemFacts> filesystem;  ///< empty: not known now
  /// Of the device or NFS server that the file system, or the one that an
  /// overlay writes to, lies on; empty where there is none (tmpfs, FUSE).
  DiskWork work;

  bool operator==(const DiskFacts&) const = default;
};

}  // namespace openclaw_lock
