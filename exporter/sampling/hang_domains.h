// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/procfs/mountinfo.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {

/// What hangs together: the file system of a device number (`ext4 254:1`), the
/// server of an NFS mount (`nfs SERVER`), or the mappings of one process
/// (`process PID`). Empty: memory of the kernel, which answers always.
struct HangDomain {
  std::string name;
  bool local = true;  ///< false: FUSE, network file systems and what is unknown
  /// Nothing lies there but what was named: a turn that hangs, hangs there.
  bool exact = false;

  bool operator==(const HangDomain&) const = default;
};

/// The domain of an absolute path (empty for an empty one), told by the mounts
/// of the process that sees it: /proc/self/mountinfo, or /proc/PID/mountinfo
/// for /proc/PID/root/... The far side is not touched and symbolic links are
/// not followed: a caller that follows one asks again for where it leads.
/// Thread-safe.
class HangDomains {
 public:
  explicit HangDomains(std::filesystem::path procfs);

  HangDomain domain_of(const std::string& path);

  /// Our own mounts, read again where the kernel says that they have changed
  /// (proc(5): mountinfo is readable by POLLPRI then). Never null.
  std::shared_ptr<const std::vector<Mount>> mounts();

  /// See MountView; what of it is ours is not read again.
  MountView view_of(const std::string& path);

 private:
  struct State;

  HangDomain look_up(const std::string& path);

  std::filesystem::path procfs_;
  std::shared_ptr<State> state_;
};

/// The same of a path as `mounts` have it. Pure.
HangDomain hang_domain_of(const std::vector<Mount>& mounts,
                          const std::string& path);

}  // namespace openclaw_lock
