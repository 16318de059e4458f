// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/fleet/readings.h"

namespace openclaw_lock {

// Facts of each reader with which each of its metrics has a sample. The test of
// its metrics defines them.
#define READER(name) void put_##name##_sample(Readings& readings);
#include "core/fleet/readers.def"

}  // namespace openclaw_lock
