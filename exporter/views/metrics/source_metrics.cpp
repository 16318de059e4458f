// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

template <typename Add>
void for_each_source(const GatewayView& gateway, Add add) {
  for (const auto source : {SourceName::disk, SourceName::locks,
                            SourceName::logs, SourceName::processes})
    if (const auto& health =
            gateway.verdicts->sources[static_cast<std::size_t>(source)])
      add(MetricLabel{"source", to_string(source)}, *health);
}

void add_up(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_source(gateway,
                  [&](const MetricLabel& source, const SourceHealth& health) {
                    out.add({gateway.label(), source}, health.up ? 1U : 0U);
                  });
}

void add_last_success(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_source(
      gateway, [&](const MetricLabel& source, const SourceHealth& health) {
        if (health.last_success_at)
          out.add({gateway.label(), source},
                  to_seconds(health.last_success_at->time_since_epoch()));
      });
}

void add_duration(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_source(
      gateway, [&](const MetricLabel& source, const SourceHealth& health) {
        if (health.last_duration)
          out.add({gateway.label(), source},
                  std::chrono::duration<double>{*health.last_duration}.count());
      });
}

/// Each with its first: no alert waits for it, and one that lasts counts again
/// each round.
void add_problems(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_source(gateway,
                  [&](const MetricLabel& source, const SourceHealth& health) {
                    for (std::size_t i = 0; i < kFaultCount; ++i)
                      if (health.problems[i] > 0)
                        out.add({gateway.label(),
                                 {"problem", to_string(static_cast<Fault>(i))},
                                 source},
                                health.problems[i]);
                  });
}

constexpr Metric kSourceMetrics[] = {
    {gauge("openclaw_lock_source_up",
           "1 where the last round of this reader succeeded."),
     add_up},
    {gauge("openclaw_lock_source_last_success_timestamp_seconds",
           "When a round of this reader last succeeded."),
     add_last_success},
    {gauge("openclaw_lock_source_duration_seconds",
           "How long this reader's last round took."),
     add_duration},
    {counter("openclaw_lock_source_problems_total",
             "Obstacles that rounds of this reader met, each once a round."),
     add_problems},
};

}  // namespace

Metrics source_metrics() { return kSourceMetrics; }

}  // namespace openclaw_lock
