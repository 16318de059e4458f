// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace openclaw_lock {

/// Looks block devices up in a sysfs (Documentation/ABI/testing/sysfs-block,
/// sysfs-dev). A device is named by its number, `major:minor`.
class BlockDevices {
 public:
  BlockDevices(std::filesystem::path sysfs, std::filesystem::path rootfs)
      : sysfs_{std::move(sysfs)}, rootfs_{std::move(rootfs)} {}

  /// The device of a node below /dev, as a mount names its source: by its
  /// kernel name, the name that device-mapper gave it, or the node itself.
  std::optional<std::string> find(const std::string& node) const;

  /// The whole disks that requests to a device end at: of a partition its
  /// disk, of a device that stands on others (LVM, dm-crypt, md) theirs. Empty
  /// where sysfs does not know it.
  std::set<std::string> whole_disks(const std::string& device) const;

 private:
  void add_whole_disks(const std::filesystem::path& directory, int depth,
                       std::set<std::string>& disks) const;

  std::filesystem::path sysfs_;
  std::filesystem::path rootfs_;
};

}  // namespace openclaw_lock
