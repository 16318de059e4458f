// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/base/wall_time.h"

namespace openclaw_lock {

/// A turn that was accepted, by its line of OpenClaw's file log, without
/// decoding it: a busy gateway writes one for each turn. Its time. Empty for
/// all other lines, and for those whose members are not where 2026.1.29 to
/// 2026.9.6 write them, for parse_openclaw_json to judge. What it takes that
/// one takes for the same, unless the line is broken behind its level.
std::optional<WallTime> read_accepted_turn(std::string_view line);

}  // namespace openclaw_lock
