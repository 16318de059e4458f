// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <vector>

namespace openclaw_lock {

/// Of unix sockets that listen: for their user and its group.
inline constexpr mode_t kUnixSocketMode = 0660;

/// What a thread does besides reading files and computing. Whatever is not
/// named here is refused to it, and to the threads that it makes, for good.
struct Duties {
  /// Follows links of /proc/PID of other processes (root, cwd, exe), or reads
  /// their environment. Landlock forbids that to whoever it confines.
  bool looks_into_processes = false;

  /// Makes unnamed files (O_TMPFILE with O_EXCL) wherever it has the right to:
  /// the disk probe. They cannot be given a name.
  bool probes_disks = false;

  bool listens = false;            ///< makes sockets that listen
  bool uses_low_ports = false;     ///< below 1024
  std::vector<int> connects_to{};  ///< TCP ports; needs `connects`
  bool connects = false;           ///< makes connections

  /// Directories where it writes, replaces and removes regular files. They must
  /// be there: one that is made later is not the same.
  std::vector<std::filesystem::path> writes_below{};

  /// Directories where it makes and removes unix sockets that listen. It may
  /// lock the directory, ask whether somebody listens already, and give the
  /// mode kUnixSocketMode.
  std::vector<std::filesystem::path> sockets_below{};

  bool changes_names() const {
    return !writes_below.empty() || !sockets_below.empty();
  }
};

}  // namespace openclaw_lock
