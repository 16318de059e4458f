// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/discovery_task.h"

#include <utility>

#include "exporter/system/clock.h"
#include "exporter/system/log.h"

namespace openclaw_lock {

DiscoveryTask::Shared::Shared(Settings settings_,
                              DiscoveryEnvironment environment_,
                              SourceTiming timing_,
                              std::shared_ptr<Census> census_,
                              std::shared_ptr<WatchedGateways> gateways_)
    : environment{std::move(environment_)},
      timing{timing_},
      census{std::move(census_)},
      gateways{std::move(gateways_)},
      source{timing_},
      settings{std::move(settings_)} {}

DiscoveryTask::DiscoveryTask(std::shared_ptr<Shared> shared)
    : shared_{std::move(shared)},
      discovery_{shared_->settings, shared_->environment} {
  const std::lock_guard guard{shared_->mutex};
  number_ = ++shared_->tasks;
  orders_ = shared_->orders;
}

std::chrono::milliseconds DiscoveryTask::patience() const {
  return shared_->timing.patience;
}

std::shared_ptr<Task> DiscoveryTask::successor() const {
  return std::make_shared<DiscoveryTask>(shared_);
}

void DiscoveryTask::reload(Shared& shared, const Settings& settings) {
  const std::lock_guard guard{shared.mutex};
  shared.settings.gateways = settings.gateways;
  shared.settings.logs = settings.logs;
  ++shared.orders;
}

bool DiscoveryTask::is_current() const {
  const std::lock_guard guard{shared_->mutex};
  return number_ == shared_->tasks;
}

MonotonicTime DiscoveryTask::run(MonotonicTime now) {
  const auto& census = shared_->census;
  if (census && !census->source().health().settled)
    return now + shared_->timing.patience;
  {
    const std::lock_guard guard{shared_->mutex};
    if (orders_ != shared_->orders) {
      discovery_.configure(shared_->settings);
      orders_ = shared_->orders;
      said_none_ = false;
    }
  }
  shared_->source.begin_round();
  const auto result = round();
  problems_.tell(result.problems);
  if (is_current()) shared_->source.finish_round(result);
  return now + shared_->timing.interval;
}

RoundResult DiscoveryTask::round() {
  RoundResult round;
  const auto table =
      shared_->census ? shared_->census->source().latest() : nullptr;
  auto& gateways = *shared_->gateways;
  const auto found = discovery_.round(
      table.get(), round.problems,
      [&](const WatchedGateway& gateway) { gateways.add(gateway); });
  round.success = true;
  // A successor knows better by now.
  if (!is_current()) return round;
  gateways.replace(found);
  shared_->found(found);
  if (found.empty() && !said_none_)
    log::info("no OpenClaw state directory found yet; looking on");
  said_none_ = said_none_ || found.empty();
  return round;
}

}  // namespace openclaw_lock
