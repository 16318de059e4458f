// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/disk/disk_work.h"
#include "core/fleet/disk_facts.h"
#include "core/fleet/source_health.h"
#include "core/procfs/mountinfo.h"
#include "exporter/readers/disk/disk_tables.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {

/// Where to look for the disk of one gateway.
struct DiskReaderSettings {
  std::string state_dir;  ///< as the exporter can open it
  std::filesystem::path procfs = "/proc";
  std::filesystem::path sysfs = "/sys";
  std::filesystem::path rootfs = "/";
  MountViews mounts = {};                  ///< empty: read from `procfs`
  std::shared_ptr<DiskTables> disks = {};  ///< null: its own
  /// A state directory that is not there is a problem; false: another reader
  /// tells of that.
  bool tells_missing = true;
};

/// Reads what the state directory of one gateway lies on, and how long that
/// was waited for. Not thread-safe; its thread may hang in it.
class DiskReader {
 public:
  explicit DiskReader(DiskReaderSettings settings);

  RoundResult round();

  const DiskFacts& report() const { return report_; }

 private:
  /// A mount, and the directory of /proc whose process has it.
  struct Place {
    Mount mount;
    std::filesystem::path process;
  };

  std::optional<Place> state_dir_place(std::vector<Problem>& problems) const;
  /// Where an overlay writes to, else the place itself. Empty where the
  /// exporter does not see that.
  std::optional<Place> written_place(Place place) const;
  void read_work(const Place& place, std::vector<Problem>& problems);
  void read_nfs(const Place& place, std::vector<Problem>& problems);
  void read_device(const std::string& device, std::vector<Problem>& problems);

  DiskReaderSettings settings_;
  DiskFacts report_;
};

}  // namespace openclaw_lock
