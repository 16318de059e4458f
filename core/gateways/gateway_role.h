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
  none,      ///< not of OpenClaw, or a helper of a gateway
  possible,  ///< it names an entry file of OpenClaw in a way that leaves open
             ///< what runs: pm2's title, a runtime nobody knows, `tini -- node
             ///< openclaw.mjs gateway`. Only what it does can show a gateway
  shared,    ///< title `openclaw`: a gateway of 2026.4.27 to 2026.6.35, or the
             ///< wrapper of a gateway, or a command
  command,   ///< CLI, TUI, agent, node host: never a gateway
  started,  ///< arguments intact, `gateway` of an entry file: a gateway, or the
            ///< wrapper of one
  gateway,  ///< title `openclaw-gateway`
};

/// `comm` as in /proc/PID/stat, at most 15 bytes; `argv` as in
/// /proc/PID/cmdline without empty pieces. No name of a program makes a process
/// `none`: one that is unknown makes it `possible`. OpenClaw 2026.1.29 to
/// 2026.9.6.
ProcessRole role_of_process(std::string_view comm,
                            const std::vector<std::string_view>& argv);

/// The role of a process that had another one before: the title `openclaw`, or
/// one that is being written, takes nothing away from what the arguments said.
ProcessRole role_after(ProcessRole before, ProcessRole now);

/// False for a process that can be no OpenClaw, whatever started it: no runtime
/// of JavaScript, and no argument speaks of OpenClaw. True where there are no
/// arguments to judge by.
bool may_be_openclaw(std::string_view comm,
                     const std::vector<std::string_view>& argv);

/// `--profile NAME`, or `dev` for a `--dev` that does not follow `gateway`,
/// where it means something else; empty where there is none.
std::string_view profile_of_arguments(
    const std::vector<std::string_view>& argv);

/// The entry file of OpenClaw that the arguments name (`dist/index.js`,
/// `dist/entry.js`, `openclaw.mjs`), as they do; empty where there is none.
std::string_view entry_of_arguments(const std::vector<std::string_view>& argv);

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
/// -shm, and `tmp/openclaw-UID/gateway.state.lock`). Empty for any other path,
/// and for a file that was removed: a TMPDIR may end in `/tmp`, too, and what
/// is kept open there says nothing of a state directory.
std::string_view state_dir_of_open_file(std::string_view path);

/// The path of the singleton lock that an open file is, in either layout:
/// `openclaw-UID/gateway.*.lock`. Only a gateway keeps one open, and goes on
/// when another has removed it: then the path without ` (deleted)`. Empty for
/// others.
std::string_view gateway_lock_path(std::string_view path);

/// Inode of a link `socket:[N]` of /proc/PID/fd (proc(5)); empty for others.
std::optional<std::uint64_t> socket_inode(std::string_view link);

}  // namespace openclaw_lock
