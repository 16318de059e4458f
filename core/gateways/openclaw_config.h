// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/gateways/json5.h"

namespace openclaw_lock {

/// Bounds of an openclaw.json: bytes of one file, files and bytes of all that
/// it includes, and how deep includes may include. OpenClaw itself takes 2 MiB
/// and ten levels.
inline constexpr std::size_t kMaxConfigBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMaxIncludedBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxIncludes = 64;
inline constexpr std::size_t kMaxIncludeDepth = 4;

/// What a gateway's process has to understand its configuration with.
struct ConfigEnvironment {
  std::string home;               ///< what `~` is; empty: not known
  std::string working_directory;  ///< empty: not known
  /// The value of a variable; empty: it has none.
  std::function<std::string_view(std::string_view name)> variable;
};

/// Where a gateway may have its configuration, by OpenClaw's own rules
/// (src/config/paths.ts, 2026.1.29 to 2026.9.6): the first that is there.
/// OPENCLAW_CONFIG_PATH (CLAWDBOT_CONFIG_PATH, which newer versions than
/// 2026.3.13 pass over) alone; else `openclaw.json`, `clawdbot.json`,
/// `moltbot.json` and `moldbot.json` of the state directory.
std::vector<std::string> config_paths_of(const ConfigEnvironment& environment,
                                         const std::string& state_dir);

/// Directories besides its own from which a configuration may include:
/// OPENCLAW_INCLUDE_ROOTS (from 2026.5 on).
std::vector<std::string> include_roots_of(const ConfigEnvironment& environment);

/// Whether `path` is one of `directories` or lies in one, by the names alone.
bool lies_in_any(const std::string& path,
                 const std::vector<std::string>& directories);

/// Gives the text of a file.
using ReadConfigFile = std::function<Result<std::string>(const std::string&)>;

/// Reads a configuration with all that it includes (src/config/includes.ts), so
/// far as settings of this header need it: an object's `$include` names a file
/// or several, relative to its own; what the object holds besides goes before
/// what they hold. They must lie below one of `roots`, of which the first is
/// the directory of `path`.
///
/// Problems are at the file that they are about: those of `read`; malformed:
/// no JSON5, or an include that is none or leads back; denied: one that leads
/// out of `roots`; too_big: more than the bounds above allow.
Result<Json5Value> load_config(const std::string& path,
                               const std::vector<std::string>& roots,
                               const ReadConfigFile& read);

/// What a configuration says of where things lie.
struct ConfigPlaces {
  std::string log_file;  ///< `logging.file`, absolute; empty: not set
  /// Directory of `session.store`, in which transcripts and their locks lie:
  /// absolute, `*` for the agent in one component at most; empty: not set.
  std::string session_dir;

  bool operator==(const ConfigPlaces&) const = default;
};

/// Takes the settings from a configuration: `${NAME}` is a variable of the
/// environment, else of the configuration's own `env` (capitals, digits and `_`
/// only), `$${NAME}` the text `${NAME}`; `~` and relative paths are as the
/// gateway has them. A setting that cannot be understood is left out, and a
/// problem that names it: malformed, or missing for a variable that is not
/// known (an empty one counts as such).
ConfigPlaces places_of(const Json5Value& config,
                       const ConfigEnvironment& environment,
                       std::vector<Problem>& problems);

/// The names that a log has in its directory, as a pattern of
/// glob_capture.h: `openclaw-2026-04-24.log` goes on under the name of each day
/// (2026.4.25 on), all else keeps its name.
std::string log_name_pattern(std::string_view name);

}  // namespace openclaw_lock
