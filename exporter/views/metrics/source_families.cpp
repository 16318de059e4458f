// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

struct SourceFamilies {
  FamilyBuilder up = gauge("openclaw_lock_source_up",
                           "1 where the last round of this reader succeeded.");
  FamilyBuilder success =
      gauge("openclaw_lock_source_last_success_timestamp_seconds",
            "When a round of this reader last succeeded.");
  FamilyBuilder duration = gauge("openclaw_lock_source_duration_seconds",
                                 "How long this reader's last round took.");
  FamilyBuilder problems =
      counter("openclaw_lock_source_problems_total",
              "Obstacles that rounds of this reader met, each once a round.");

  void add(const std::string& gateway, const std::string& source,
           const SourceHealth& health) {
    const MetricLabels labels{{"gateway", gateway}, {"source", source}};
    up.add(labels, health.up ? 1 : 0);
    if (health.last_success_at)
      success.add(labels,
                  to_seconds(health.last_success_at->time_since_epoch()));
    if (health.last_duration)
      duration.add(
          labels, std::chrono::duration<double>{*health.last_duration}.count());
    for (std::size_t i = 0; i < kFaultCount; ++i) {
      const auto problem = to_string(static_cast<Fault>(i));
      problems.add(with(labels, "problem", problem),
                   static_cast<double>(health.problems[i]));
    }
  }
};

/// A reader that is the second half of another counts with it.
void add_part(const std::optional<SourceHealth>& part, SourceHealth& whole) {
  if (!part) return;
  whole.up = whole.up && (part->up || !part->settled);
  for (std::size_t i = 0; i < kFaultCount; ++i)
    whole.problems[i] += part->problems[i];
}

}  // namespace

void add_source_families(const FleetSnapshot& report,
                         MetricFamilies& families) {
  SourceFamilies sources;
  for (const auto& gateway : report.gateways) {
    if (gateway.locks_health)
      sources.add(gateway.name, "locks", *gateway.locks_health);
    if (gateway.logs_health)
      sources.add(gateway.name, "logs", *gateway.logs_health);
    if (auto disk = gateway.disk_health) {
      add_part(gateway.disk_probe_health, *disk);
      sources.add(gateway.name, "disk", *disk);
    } else if (gateway.disk_probe_health) {
      sources.add(gateway.name, "disk", *gateway.disk_probe_health);
    }
    if (!gateway.processes_health) continue;
    auto processes = *gateway.processes_health;
    for (std::size_t i = 0; gateway.locks && i < kFaultCount; ++i)
      processes.problems[i] += gateway.locks->holder_problems[i];
    add_part(gateway.facts_health, processes);
    sources.add(gateway.name, "processes", processes);
  }
  families.push_back(sources.up.take());
  families.push_back(sources.success.take());
  families.push_back(sources.duration.take());
  families.push_back(sources.problems.take());
}

}  // namespace openclaw_lock
