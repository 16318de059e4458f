// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/readers/disk/disk_reader.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that reads what one gateway's state directory lies on and how
/// long that was waited for, each interval.
class DiskSampler : public SamplerOf<DiskFacts> {
 public:
  DiskSampler(const std::string& gateway, DiskReaderSettings settings,
              SourceTiming timing);
};

}  // namespace openclaw_lock
