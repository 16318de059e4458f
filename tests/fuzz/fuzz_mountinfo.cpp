// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/procfs/mountinfo.h"

namespace {

/// Absolute, without a slash at its end.
bool as_the_kernel_writes(std::string_view path) {
  return path == "/" || (path.starts_with('/') && !path.ends_with('/'));
}

}  // namespace

/// Where a mount point lies can be found again by the mount's own table.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace openclaw_lock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  auto mounts = parse_mountinfo(text);
  if (mounts.size() > 64) mounts.resize(64);
  for (const auto& mount : mounts) {
    hides_processes(mount.super_options);
    upper_directory(mount);
    if (!as_the_kernel_writes(mount.mount_point)) continue;
    const auto place = locate(mounts, mount.mount_point);
    if (!place) std::abort();
    const auto* top = find_mount(mounts, mount.mount_point);
    if (!as_the_kernel_writes(top->root)) continue;
    const auto paths = paths_to(mounts, *place);
    if (std::find(paths.begin(), paths.end(), mount.mount_point) == paths.end())
      std::abort();
  }
  return 0;
}
