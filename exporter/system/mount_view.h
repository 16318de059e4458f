// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/procfs/mountinfo.h"

namespace openclaw_lock {

/// The mounts by which a path is to be understood: this process' own, or, for
/// a path below /proc/PID/root, those of that process.
struct MountView {
  /// Empty where they cannot be read; never null.
  std::shared_ptr<const std::vector<Mount>> mounts =
      std::make_shared<const std::vector<Mount>>();
  std::string prefix;  ///< /proc/PID/root, or empty

  /// The path as these mounts have it.
  std::string inner(const std::string& path) const;
};

/// `procfs`/PID/root of a path below it, else empty.
std::string process_root_of(const std::string& procfs, const std::string& path);

MountView read_mount_view(const std::filesystem::path& procfs,
                          const std::string& path);

/// Gives the same, perhaps without reading it again.
using MountViews = std::function<MountView(const std::string& path)>;

/// Reads it each time.
MountViews mount_views_of(const std::filesystem::path& procfs);

}  // namespace openclaw_lock
