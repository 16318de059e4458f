// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk_probe/synced_write.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "exporter/system/clock.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kBytes = 4096;

/// Kernels and file systems without unnamed files see a directory that is
/// opened for writing (open(2), BUGS).
Problem refused(int error, const std::filesystem::path& directory) {
  if (error != EISDIR && error != EOPNOTSUPP)
    return system_problem(error, directory.string());
  return {Fault::missing, directory.string(),
          "the file system has no unnamed files"};
}

}  // namespace

Result<std::chrono::microseconds> time_synced_write(
    const std::filesystem::path& directory) {
  // O_EXCL: it cannot be given a name later.
  const UniqueFd file{::open(directory.c_str(),
                             O_TMPFILE | O_EXCL | O_WRONLY | O_CLOEXEC, 0600)};
  if (!file) return refused(errno, directory);
  const std::array<char, kBytes> block{};
  const auto began = monotonic_now();
  const auto written = ::write(file.get(), block.data(), block.size());
  if (written < 0 || ::fdatasync(file.get()) != 0)
    return system_problem(errno, directory.string());
  if (static_cast<std::size_t>(written) != block.size())
    return system_problem(ENOSPC, directory.string());
  return std::chrono::ceil<std::chrono::microseconds>(monotonic_now() - began);
}

}  // namespace openclaw_lock
