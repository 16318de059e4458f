// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/disk/pressure.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that reads one pressure file each interval. Its value is null
/// where the kernel keeps no such figures, which is no failure.
class PressureSampler : public SamplerOf<Pressure> {
 public:
  PressureSampler(std::filesystem::path file, SourceTiming timing);
};

}  // namespace openclaw_lock
