// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/procfs/process_identity.h"
#include "core/procfs/process_table.h"
#include "exporter/readers/directories/session_directories.h"

namespace openclaw_lock {

/// A process of OpenClaw, gateway or not, and its state directory.
struct OpenclawProcess {
  std::string root;        ///< its root directory, /proc/PID/root
  std::string inner_path;  ///< state dir as the process names it
  std::string inner_real;  ///< the same without symbolic links, or empty
  std::string path;        ///< state dir as the exporter can open it
  bool passing = false;    ///< `path` leads through /proc/PID/root
  bool local = false;      ///< on a file system that does not hang
  DirectoryIdentity identity;
  ProcessIdentity process;
};

/// The processes of OpenClaw whose environment and root the exporter may read.
/// Each is looked at once, one whose state directory is not there yet in each
/// round.
class OpenclawProcesses {
 public:
  explicit OpenclawProcesses(std::filesystem::path procfs)
      : procfs_{std::move(procfs)} {}

  /// Takes in the processes of a table and lets go of those not in it. `local`:
  /// looks at those with a state directory on a local file system, else at the
  /// others, which may hang.
  void update(const ProcessTable& table, bool local);

  /// Those known, the oldest first.
  std::vector<OpenclawProcess> known() const;

 private:
  struct Key {
    std::uint64_t start_ticks = 0;
    int pid = 0;
    std::string comm;  ///< OpenClaw gives itself a title when it has begun

    auto operator<=>(const Key&) const = default;
  };
  struct State {
    bool settled = false;  ///< need not be looked at again
    std::optional<OpenclawProcess> process;
  };

  void look_at(const ProcessIdentity& process, bool local, State& state) const;

  std::filesystem::path procfs_;
  std::map<Key, State> states_;
};

}  // namespace openclaw_lock
