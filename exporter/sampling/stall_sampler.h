// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "exporter/readers/disk/stall_reader.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that looks at the processes of all gateways ten times a second,
/// more seldom where that would take more than a fiftieth of one core's time,
/// and shows each interval what it saw.
class StallSampler : public SamplerOf<StallFacts> {
 public:
  StallSampler(std::filesystem::path procfs, SourceTiming timing);

  /// What to look at from now on.
  void watch(GatewayProcesses processes) { orders_->put(std::move(processes)); }

 private:
  using Orders = Inbox<GatewayProcesses>;

  StallSampler(std::filesystem::path procfs, SourceTiming timing,
               std::shared_ptr<Orders> orders);

  std::shared_ptr<Orders> orders_;
};

}  // namespace openclaw_lock
