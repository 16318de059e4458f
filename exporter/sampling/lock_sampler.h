// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporter/readers/locks/lock_reader.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that reads one gateway's locks: a round each interval, sooner
/// where events call for it, and the events in between.
class LockSampler : public SamplerOf<LockReport> {
 public:
  LockSampler(const std::string& gateway, LockReaderSettings settings,
              LockReader::Census census, SourceTiming timing);
};

}  // namespace openclaw_lock
