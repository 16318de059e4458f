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

/// Whether a process of this comm can be OpenClaw's, so that its arguments are
/// worth reading: a title, or an interpreter and what its main thread is
/// called.
bool may_be_openclaw(std::string_view comm);

/// True for a process that belongs to OpenClaw, gateway or not: its title
/// starts with `openclaw`, or an argument is one of its entry files
/// (`openclaw.mjs`, `openclaw/dist/index.js`, `openclaw/dist/entry.js`).
/// OpenClaw 2026.1.29 on.
bool is_openclaw_process(std::string_view comm,
                         const std::vector<std::string_view>& argv);

/// Paths that a process with this environment may use as its state dir, best
/// first, by OpenClaw's rules: OPENCLAW_STATE_DIR, else below OPENCLAW_HOME or
/// HOME `.openclaw-PROFILE` or `.openclaw`. Only absolute ones.
std::vector<std::string> state_dirs_of(
    const std::vector<std::string_view>& environment);

}  // namespace openclaw_lock
