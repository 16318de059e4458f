// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/fleet/verdicts.h"
#include "exporter/views/metrics/exposition_format.h"

namespace openclaw_lock {

/// All metrics of a snapshot and of what follows from it, by name. Pure.
std::string write_exposition(const FleetSnapshot& snapshot,
                             const FleetVerdicts& verdicts,
                             ExpositionFormat format);

}  // namespace openclaw_lock
