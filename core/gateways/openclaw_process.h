// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// The pieces of a NUL-separated text (/proc/PID/cmdline, environ), without
/// the empty ones: a process that set its title leaves NUL padding.
std::vector<std::string_view> split_nul(std::string_view text);

/// The value of NAME=VALUE in an environment; empty where it is not there.
std::string_view value_of(const std::vector<std::string_view>& environment,
                          std::string_view name);

/// What shows that a process uses a state directory, the weakest first. The
/// strongest decides; a weak one is never proof.
enum class Evidence {
  none,
  guess,        ///< the default, for want of anything else
  environment,  ///< a variable or an argument names it
  open_files,   ///< a file that only gateways keep open lies there
  lock,         ///< a singleton lock of it names the process
};

/// A directory that a process may use as its state directory.
struct StateDirCandidate {
  std::string path;  ///< absolute, as the process names it
  Evidence evidence = Evidence::guess;

  bool operator==(const StateDirCandidate&) const = default;
};

/// Where a process started like this has its state directory, by OpenClaw's own
/// rules (src/config/paths.ts, 2026.1.29 to 2026.9.6): the first that exists,
/// else none that is known. OPENCLAW_STATE_DIR; the profile of the arguments;
/// CLAWDBOT_STATE_DIR (which newer versions than 2026.3.13 pass over: the rest
/// follows); OPENCLAW_PROFILE; below OPENCLAW_HOME or HOME `.openclaw`, else
/// `.clawdbot`, `.moltbot`, `.moldbot`. A leading `~` is the home directory; a
/// relative path starts at `working_directory`, and is nothing where that is
/// empty.
std::vector<StateDirCandidate> state_dirs_of(
    const std::vector<std::string_view>& environment,
    std::string_view profile = {}, std::string_view working_directory = {});

}  // namespace openclaw_lock
