// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/sampling/log_task.h"

namespace openclaw_lock {

std::unique_ptr<Collector> make_log_collector(const WatchedGateway& gateway,
                                              const CollectorContext& context) {
  if (!context.settings.collect_logs) return nullptr;
  const auto make = [&](TaskId id) {
    const std::weak_ptr<Scheduler> scheduler = context.scheduler;
    return std::make_shared<LogTask>(
        gateway, context.storage, context.listers, context.places,
        context.foreign, context.scheduler->gate(),
        context.scheduler->waker(id),
        [scheduler, id](int descriptor) {
          const auto alive = scheduler.lock();
          return alive && alive->wake_when_readable(id, descriptor);
        },
        context.timing);
  };
  return std::make_unique<TaskCollector<LogTask>>(
      SourceName::logs, context.scheduler, make,
      [](LogTask& task, const WatchedGateway& now) { task.watch(now); });
}

}  // namespace openclaw_lock
