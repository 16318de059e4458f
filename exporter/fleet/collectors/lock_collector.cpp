// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/sampling/lock_task.h"

namespace openclaw_lock {

std::unique_ptr<Collector> make_lock_collector(
    const WatchedGateway& gateway, const CollectorContext& context) {
  if (!context.settings.collect_locks) return nullptr;
  const auto make = [&](TaskId id) {
    return std::make_shared<LockTask>(
        gateway.name, gateway.home,
        LockReaderSettings{gateway.state_dir, gateway.session_dirs,
                           context.settings.procfs, gateway.root,
                           context.scheduler->gate(), context.mount_views(),
                           gateway.named_dirs},
        context.census, context.hub, context.scheduler->waker(id),
        context.timing);
  };
  return std::make_unique<TaskCollector<LockTask>>(
      SourceName::locks, context.scheduler, make,
      [](LockTask& task, const WatchedGateway& now) {
        task.watch(now.session_dirs, now.named_dirs);
      });
}

}  // namespace openclaw_lock
