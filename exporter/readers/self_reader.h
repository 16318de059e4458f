// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exporter/metrics/fleet_report.h"

namespace openclaw_lock {

/// Reads this process' own figures, from /proc/self and the kernel; never from
/// another root. Touches no disk.
std::optional<ProcessReport> read_self();

}  // namespace openclaw_lock
