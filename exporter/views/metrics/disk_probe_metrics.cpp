// SPDX-License-Identifier: Apache-2.0
#include "core/disk_probe/disk_probe.h"
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

void add_probes(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto* const probes = gateway.latest<ProbeHistogram>())
    out.add({gateway.label()}, *probes);
}

constexpr Metric kDiskProbeMetrics[] = {
    {histogram(
         "openclaw_lock_disk_probe_seconds",
         "How long a small unnamed file in the state directory took to be "
         "written and synced by the exporter; only where disk_probe is "
         "enabled."),
     add_probes},
};

}  // namespace

Metrics disk_probe_metrics() { return kDiskProbeMetrics; }

}  // namespace openclaw_lock
