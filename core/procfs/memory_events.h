// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace openclaw_lock {

/// `oom_kill` of a control group's memory.events (cgroup v2, kernel doc
/// cgroup-v2.rst): processes of the group, and of groups below it, that any
/// out-of-memory killer has ended. Empty where the text does not say.
std::optional<std::uint64_t> parse_oom_kills(std::string_view text);

}  // namespace openclaw_lock
