// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/readers/disk/disk_reader.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

std::unique_ptr<Collector> make_disk_collector(
    const WatchedGateway& gateway, const CollectorContext& context) {
  using DiskTask = RoundTask<DiskFacts>;
  const auto& settings = context.settings;
  if (!settings.collect_disk) return nullptr;
  const auto make = [&](TaskId) {
    const auto reader = std::make_shared<DiskReader>(DiskReaderSettings{
        gateway.state_dir, settings.procfs, settings.sysfs, settings.rootfs,
        context.mount_views(), context.disks, !settings.collect_locks});
    return std::make_shared<DiskTask>(
        "disk", gateway.name, gateway.home, context.timing,
        [reader](std::shared_ptr<const DiskFacts>& facts) {
          auto result = reader->round();
          facts = std::make_shared<const DiskFacts>(reader->report());
          return result;
        });
  };
  return std::make_unique<TaskCollector<DiskTask>>(SourceName::disk,
                                                   context.scheduler, make);
}

}  // namespace openclaw_lock
