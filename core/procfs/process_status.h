// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// The pids of one process, a level of PID namespace each: first the one in the
/// procfs mount's namespace, last the one it has in its own (innermost).
/// Source: line `NSpid:` of /proc/PID/status (kernel 4.1 on). Without that line
/// (a kernel without CONFIG_PID_NS) it is the one of `Pid:`. Never empty; at
/// most 33 levels (MAX_PID_NS_LEVEL is 32).
Result<std::vector<int>> parse_ns_pids(std::string_view status);

}  // namespace openclaw_lock
