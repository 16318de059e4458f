// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

/// What a process means by a path: `~` is `home`, a relative one starts at
/// `working_directory`. Absolute, without `.`, `..` and slashes at its end;
/// empty where that cannot be told.
std::string resolve_user_path(std::string_view path, std::string_view home,
                              std::string_view working_directory);

/// The home directory of a user in passwd(5); empty where he is not there.
std::string home_in_passwd(std::string_view passwd, std::uint32_t uid);

/// What is known of how a process was started.
struct ProcessStart {
  std::vector<std::string_view> environment;
  /// Of the arguments, empty: none; absent where a title has replaced them.
  std::optional<std::string_view> profile = {};
  std::string_view working_directory = {};
  /// Of its user by the system, for want of HOME; empty where he has none;
  /// absent where that is not known.
  std::optional<std::string> user_home = {};
  /// Of the package whose file was started; empty where it is not known.
  std::string_view version = {};
};

/// Whether the home directory is the one that the system has for the user.
bool needs_user_home(const std::vector<std::string_view>& environment);

/// What OpenClaw takes for the home directory: OPENCLAW_HOME, else HOME, else
/// USERPROFILE, else the user's, else the working directory; `undefined` and
/// `null` are as good as nothing. Empty where that is not known, or the root
/// directory.
std::string home_of(const ProcessStart& start);

/// Whether a gateway may know names of before OpenClaw: those from 2026.3.22 on
/// do not. `service_version`: OPENCLAW_SERVICE_VERSION; what is installed may
/// be newer than that, but is not older.
bool may_read_legacy_names(std::string_view service_version);

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
/// CLAWDBOT_STATE_DIR (which newer versions than 2026.3.13 pass over, as they
/// do `.moltbot` and `.moldbot`: it is left out where the version, or
/// OPENCLAW_SERVICE_VERSION, is newer, else the rest follows); OPENCLAW_PROFILE
/// where no arguments are known, for it is their trace; below the home
/// directory `.openclaw`, else `.clawdbot`, `.moltbot`, `.moldbot`. A leading
/// `~` is the home directory; a relative path starts at the working directory,
/// and is nothing where that is empty.
std::vector<StateDirCandidate> state_dirs_of(const ProcessStart& start);

}  // namespace openclaw_lock
