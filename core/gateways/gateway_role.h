// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// What a process says of itself by its name and its arguments. OpenClaw gives
/// its processes titles, which replace both.
enum class ProcessRole {
  none,     ///< not of OpenClaw, or a helper of a gateway
  command,  ///< CLI, TUI, agent: never a gateway
  shared,   ///< title `openclaw`: a gateway of 2026.4.27 to 2026.6.35, or the
            ///< wrapper of a gateway, or a command
  started,  ///< arguments intact, `gateway` of an entry file: a gateway, or the
            ///< wrapper of one
  gateway,  ///< title `openclaw-gateway`
};

/// `comm` as in /proc/PID/stat, at most 15 bytes; `argv` as in
/// /proc/PID/cmdline without empty pieces. OpenClaw 2026.1.29 to 2026.9.6.
ProcessRole role_of_process(std::string_view comm,
                            const std::vector<std::string_view>& argv);

/// `--profile NAME`, or `dev` for `--dev`; empty where there is none.
std::string_view profile_of_arguments(
    const std::vector<std::string_view>& argv);

/// True where the environment is that which the service manager gives a gateway
/// (OPENCLAW_SERVICE_MARKER=openclaw, OPENCLAW_SERVICE_KIND=gateway). Children
/// inherit it.
bool is_gateway_service(const std::vector<std::string_view>& environment);

/// Directory for temporary files of a process with this environment, as Node.js
/// chooses it: TMPDIR, TMP, TEMP, else /tmp. A relative one counts as /tmp.
std::string temporary_directory(
    const std::vector<std::string_view>& environment);

/// State directory that an open file shows: one which a gateway alone keeps
/// open there (`state/openclaw.sqlite`, `tasks/runs.sqlite`, with -wal and
/// -shm, and `tmp/openclaw-UID/gateway.*`). Empty for any other path.
std::string_view state_dir_of_open_file(std::string_view path);

/// True for a path of the singleton lock, in either layout:
/// `openclaw-UID/gateway.*.lock`.
bool is_gateway_lock_path(std::string_view path);

/// Inode of a link `socket:[N]` of /proc/PID/fd (proc(5)); empty for others.
std::optional<std::uint64_t> socket_inode(std::string_view link);

}  // namespace openclaw_lock
