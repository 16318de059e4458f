// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

namespace {

/// A round each interval, the first when the census has looked.
class GatewayTask : public SourceTask<GatewayFacts> {
 public:
  GatewayTask(const std::string& gateway, GatewayReaderSettings settings,
              std::shared_ptr<Census> census, std::function<void()> wake,
              SourceTiming timing)
      : SourceTask{"processes", gateway, settings.state_dir, timing},
        census_{std::move(census)},
        wake_{std::move(wake)},
        reader_{std::move(settings),
                [this] { return census_->source().latest(); }} {}

  MonotonicTime run(MonotonicTime now) override {
    if (!census_->source().health().settled) {
      census_->request(wake_);
      return now + timing_.patience;
    }
    source_.begin_round();
    const auto result = reader_.round();
    source_.put(std::make_shared<const GatewayFacts>(reader_.facts()));
    finish(result);
    return now + timing_.interval;
  }

 private:
  const std::shared_ptr<Census> census_;
  const std::function<void()> wake_;
  GatewayReader reader_;
};

}  // namespace

std::unique_ptr<Collector> collect_processes(const WatchedGateway& gateway,
                                             const CollectorContext& context) {
  if (!context.census) return nullptr;
  const auto make = [&](TaskId id) {
    return std::make_shared<GatewayTask>(
        gateway.name,
        GatewayReaderSettings{gateway.state_dir, context.settings.procfs,
                              context.settings.rootfs},
        context.census, context.scheduler->waker(id), context.timing);
  };
  return std::make_unique<TaskCollector<GatewayTask>>(
      context.scheduler, make,
      [](const GatewayTask& task, GatewaySnapshot& snapshot) {
        snapshot.facts = task.source().latest();
        snapshot.facts_health = task.source().health();
      });
}

}  // namespace openclaw_lock
