// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/disk/pressure.h"

namespace openclaw_lock {

/// Reads a pressure file. `missing` where the kernel keeps no such figures: the
/// file is not there, or (psi=0) refuses to be read.
Result<Pressure> read_pressure(const std::filesystem::path& file);

}  // namespace openclaw_lock
