// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/gateway_sampler.h"

#include <utility>

#include "exporter/sampling/problem_log.h"

namespace openclaw_lock {

GatewaySampler::GatewaySampler(const std::string& gateway,
                               GatewayReaderSettings settings,
                               GatewayReader::Census census,
                               SourceTiming timing)
    : source_{std::make_shared<Source<GatewayFacts>>(timing)},
      thread_{
          "gateways",
          [source = source_, gateway, settings = std::move(settings),
           census = std::move(census), timing](const StopSignal& stop) {
            GatewayReader reader{settings, census};
            ProblemLog problems{"processes", gateway};
            do {
              source->begin_round();
              const auto result = reader.round();
              problems.tell(result.problems);
              source->put(std::make_shared<const GatewayFacts>(reader.facts()));
              source->finish_round(result);
            } while (stop.sleep(timing.interval));
          }} {}

}  // namespace openclaw_lock
