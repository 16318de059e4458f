// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "core/base/monotonic_time.h"
#include "core/base/result.h"
#include "core/disk/disk_work.h"
#include "exporter/readers/disk/block_devices.h"

namespace openclaw_lock {

/// What the kernel says of all disks, read once for all gateways. Thread-safe;
/// touches procfs, sysfs and /dev alone.
class DiskTables {
 public:
  using Rows = std::map<std::string, DiskWork>;  ///< see parse_diskstats

  /// Rows are at most `span` old.
  DiskTables(const std::filesystem::path& procfs,
             const std::filesystem::path& sysfs,
             const std::filesystem::path& rootfs,
             std::chrono::milliseconds span = {});

  /// Never null.
  std::shared_ptr<const Result<Rows>> rows();

  /// See BlockDevices::whole_disks; at most a minute old, and anew where `span`
  /// is zero.
  std::set<std::string> whole_disks(const std::string& device);

  /// See BlockDevices::find.
  std::optional<std::string> find(const std::string& node) const {
    return devices_.find(node);
  }

  std::filesystem::path file() const { return procfs_ / "diskstats"; }

 private:
  struct Disks {
    std::set<std::string> whole;
    MonotonicTime read_at;
  };

  const std::filesystem::path procfs_;
  const BlockDevices devices_;
  const std::chrono::milliseconds span_;
  std::mutex mutex_;
  std::shared_ptr<const Result<Rows>> rows_;
  MonotonicTime read_at_{};
  std::map<std::string, Disks> disks_;  ///< by device
};

}  // namespace openclaw_lock
