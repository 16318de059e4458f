// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.h"

namespace openclaw_lock {

/// How far the boot-time clock of a process' time namespace is ahead of the
/// initial one, in USER_HZ ticks, rounded away from zero, so that 0 is none at
/// all; may be negative. Source: line `boottime SEC
/// NSEC` of /proc/PID/timens_offsets (time_namespaces(7), kernel 5.5 on), world
/// readable. A text without that line is malformed.
Result<std::int64_t> parse_boottime_offset_ticks(std::string_view text,
                                                 long ticks_per_second);

}  // namespace openclaw_lock
