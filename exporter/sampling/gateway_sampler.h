// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that looks for the processes of one gateway, each interval.
class GatewaySampler : public SamplerOf<GatewayFacts> {
 public:
  using Inputs = std::function<GatewayInputs()>;

  GatewaySampler(const std::string& gateway, GatewayReaderSettings settings,
                 Inputs inputs, SourceTiming timing);
};

}  // namespace openclaw_lock
