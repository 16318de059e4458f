// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// The control group (version 2) of a process, from the text of
/// /proc/PID/cgroup: the path of the line `0::PATH`, seen from the root of the
/// reader's cgroup namespace (cgroups(7), cgroup_namespaces(7)). Empty where
/// there is none.
std::optional<std::string> parse_unified_cgroup(std::string_view text);

}  // namespace openclaw_lock
