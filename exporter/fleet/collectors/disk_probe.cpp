// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/sampling/probe_task.h"

namespace openclaw_lock {

std::unique_ptr<Collector> probe_disk(const WatchedGateway& gateway,
                                      const CollectorContext& context) {
  if (!context.settings.disk_probe) return nullptr;
  const auto make = [&](TaskId) {
    return std::make_shared<ProbeTask>(gateway.name, gateway.home,
                                       gateway.state_dir,
                                       context.settings.disk_probe_interval);
  };
  return std::make_unique<TaskCollector<ProbeTask>>(
      context.writing_scheduler, make,
      [](const ProbeTask& task, GatewaySnapshot& snapshot) {
        snapshot.disk_probe = task.source().latest();
        snapshot.disk_probe_health = task.source().health();
      });
}

}  // namespace openclaw_lock
