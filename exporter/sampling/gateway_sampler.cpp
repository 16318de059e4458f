// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/gateway_sampler.h"

#include <utility>

namespace openclaw_lock {

GatewaySampler::GatewaySampler(const std::string& gateway,
                               GatewayReaderSettings settings,
                               Inputs inputs, SourceTiming timing)
    : SamplerOf{
          "gateways", timing,
          [gateway, settings = std::move(settings), inputs = std::move(inputs),
           timing](Source<GatewayFacts>& source, const StopSignal& stop) {
            GatewayReader reader{settings};
            sample_each_interval(
                source, ProblemLog{"processes", gateway}, timing.interval, stop,
                [&reader, &inputs](std::shared_ptr<const GatewayFacts>& facts) {
                  auto result = reader.round(inputs());
                  facts = std::make_shared<const GatewayFacts>(reader.facts());
                  return result;
                });
          }} {}

}  // namespace openclaw_lock
