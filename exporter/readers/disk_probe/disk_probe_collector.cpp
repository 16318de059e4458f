// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/readers/disk_probe/probe_task.h"

namespace openclaw_lock {

std::unique_ptr<Collector> make_disk_probe_collector(
    const WatchedGateway& gateway, const CollectorContext& context) {
  if (!context.settings.disk_probe) return nullptr;
  const auto make = [&](TaskId) {
    return std::make_shared<ProbeTask>(gateway.name, gateway.home,
                                       gateway.state_dir,
                                       context.settings.disk_probe_interval);
  };
  return std::make_unique<TaskCollector<ProbeTask>>(
      SourceName::disk, context.writing_scheduler, make);
}

}  // namespace openclaw_lock
