// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// The name that a log had before it got this one by rotation: `X.log` of
/// `X.log.1`, `X.log-20261121` (logrotate), `X.1.log` (OpenClaw 2026.4.25 on)
/// and `X.log.20261120-231617` (kubelet). Empty where it is no such name.
std::optional<std::string> unrotated_name(std::string_view name);

/// `.gz`, `.zst`, `.xz`, `.bz2`, `.lz4`: never read as a log.
bool is_compressed_name(std::string_view name);

}  // namespace openclaw_lock
