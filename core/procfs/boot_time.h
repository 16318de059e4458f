// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

/// When the kernel started, to the second: line `btime` of /proc/stat
/// (proc(5)), moved by the reader's time namespace as start ticks are.
Result<WallTime> parse_boot_time(std::string_view text);

}  // namespace openclaw_lock
