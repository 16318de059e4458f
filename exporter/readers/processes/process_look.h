// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/gateways/gateway_role.h"
#include "core/gateways/openclaw_process.h"
#include "core/procfs/process_stat.h"
#include "core/procfs/process_status.h"

namespace openclaw_lock {

/// What the arguments of a process say.
struct ProcessCommand {
  ProcessRole role = ProcessRole::none;
  /// It has no title in place of them; `profile` and `entry` are known.
  bool has_arguments = false;
  std::string profile;             ///< of the arguments, or empty
  std::string entry;               ///< see entry_of_arguments
  bool mentions_openclaw = false;  ///< an argument has the word
};

/// Reads /proc/PID/cmdline; empty where it cannot be read or is empty.
std::optional<ProcessCommand> read_command(const std::filesystem::path& procfs,
                                           const ProcessStat& stat);

/// What /proc/PID alone says of a process of OpenClaw.
struct ProcessLook {
  bool ended = false;
  std::optional<uid_t> uid;  ///< as the exporter sees it
  std::shared_ptr<const FileCredentials> credentials;  ///< null: not known
  /// The environment could be read: `state_dirs`, `temporary_directory`.
  bool environment_readable = false;
  bool environment_too_big = false;
  std::vector<StateDirCandidate> state_dirs;  ///< by what is open, then by it
  std::string temporary_directory = "/tmp";
  bool has_config_path = false;      ///< OPENCLAW_CONFIG_PATH is set
  bool is_service = false;           ///< see is_gateway_service
  bool files_readable = false;       ///< all its descriptors
  std::set<std::string> open_locks;  ///< singleton locks, see gateway_lock_path
  std::set<std::uint64_t> sockets;   ///< inodes
  /// Its root directory and mounts are the exporter's own.
  bool shares_our_root = false;
};

/// The text of a small file by its path in the process's own root; `missing`
/// where it is not there.
using ReadInRoot = std::function<Result<std::string>(const std::string& path)>;

/// Touches no file system but `procfs`, unless by `read`: for the home
/// directory of a user whose process has none in its environment, and for the
/// version where an old variable is set.
ProcessLook look_at_process(const std::filesystem::path& procfs, int pid,
                            const ProcessCommand& command,
                            const ReadInRoot& read);

/// Which sockets listen, each network namespace read once. Made for one round.
class ListeningSockets {
 public:
  explicit ListeningSockets(const std::filesystem::path& procfs)
      : procfs_{procfs} {}

  /// Whether one of `sockets` listens in the namespace of the process; empty
  /// where that cannot be told.
  std::optional<bool> any(int pid, const std::set<std::uint64_t>& sockets);

 private:
  struct Namespace {
    std::set<std::uint64_t> inodes;
    bool readable = true;
  };

  Namespace read(const std::filesystem::path& process) const;

  const std::filesystem::path& procfs_;
  std::map<std::string, Namespace> namespaces_;  ///< by its link
};

}  // namespace openclaw_lock
