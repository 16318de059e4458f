// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/metric_families.h"

namespace openclaw_lock {

void add_gateway_families(const FleetReport& report, MetricFamilies& families) {
  auto instances = gauge("openclaw_lock_gateway_instances",
                         "Gateway processes that run on this state directory; "
                         "above 1 they are duplicates.");
  auto started = gauge("openclaw_lock_gateway_start_time_seconds",
                       "When the youngest of the running gateways started.");
  auto mismatch = gauge("openclaw_lock_gateway_lock_mismatch",
                        "1 where no running gateway is named by the "
                        "gateway's singleton lock.");
  for (const auto& gateway : report.gateways) {
    const bool fresh = gateway.facts_health && gateway.facts_health->fresh;
    if (!fresh || !gateway.facts) continue;
    const auto& facts = *gateway.facts;
    const MetricLabels labels{{"gateway", gateway.name}};
    if (facts.instances)
      instances.add(labels, static_cast<double>(*facts.instances));
    if (facts.youngest_start)
      started.add(labels, to_seconds(facts.youngest_start->time_since_epoch()));
    if (facts.lock_mismatch) mismatch.add(labels, *facts.lock_mismatch ? 1 : 0);
  }
  families.push_back(instances.take());
  families.push_back(started.take());
  families.push_back(mismatch.take());
}

}  // namespace openclaw_lock
