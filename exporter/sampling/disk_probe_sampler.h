// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "core/disk/disk_probe.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that probes the file system of one gateway's state directory
/// (time_synced_write): at once, then each interval, less often while it is
/// slow.
class DiskProbeSampler : public SamplerOf<ProbeHistogram> {
 public:
  DiskProbeSampler(const std::string& gateway, std::string state_dir,
                   std::chrono::milliseconds interval);
};

}  // namespace openclaw_lock
