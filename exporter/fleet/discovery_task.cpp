// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/discovery_task.h"

#include <algorithm>

#include "exporter/system/clock.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// Nobody can be watched before the first look has ended.
constexpr milliseconds kPatience{2000};

}  // namespace

DiscoveryTask::Shared::Shared(const Settings& settings,
                              DiscoveryEnvironment environment,
                              SourceTiming timing_,
                              std::shared_ptr<CensusSource> census_,
                              std::shared_ptr<WatchedGateways> gateways,
                              std::shared_ptr<LogStorage> storage, Found found)
    : timing{timing_},
      census{std::move(census_)},
      gateways_{std::move(gateways)},
      storage_{std::move(storage)},
      found_{std::move(found)},
      once_{settings.once},
      source_{timing_},
      discovery_{settings, std::move(environment)} {
  if (!storage_) return;
  first_seen_ = storage_->first_seen();
  discovery_.restore(first_seen_);
}

std::uint64_t DiscoveryTask::Shared::reload(const Settings& settings) {
  const std::lock_guard guard{mutex_};
  discovery_.configure(settings);
  said_none_ = false;
  // What the configuration ends is not forgotten.
  names_.clear();
  return begun_ + 1;
}

bool DiscoveryTask::Shared::wait_for(std::uint64_t look,
                                     milliseconds patience) {
  std::unique_lock lock{mutex_};
  return taken_in_.wait_for(lock, patience, [&] { return taken_ >= look; });
}

DiscoveryFacts DiscoveryTask::Shared::facts() const {
  DiscoveryFacts facts;
  facts.health = source_.health();
  const std::lock_guard guard{mutex_};
  for (const auto& gateway : discovery_.gateways())
    ++(gateway.origin == GatewayOrigin::configured ? facts.configured
                                                   : facts.discovered);
  return facts;
}

std::pair<std::uint64_t, LookOrder> DiscoveryTask::Shared::begin() {
  const std::lock_guard guard{mutex_};
  source_.begin_round();
  return {++begun_, discovery_.order()};
}

void DiscoveryTask::Shared::finish(std::uint64_t look,
                                   const GatewaysSeen& seen) {
  const auto incidents = gateways_->incidents();
  const std::lock_guard guard{mutex_};
  if (look <= taken_) return;
  taken_ = look;
  taken_in_.notify_all();
  RoundResult result{true, {}};
  discovery_.take(seen, wall_time_now(), incidents, result.problems);
  const auto& gateways = discovery_.gateways();
  gateways_->replace(gateways);
  remember();
  found_(gateways);
  if (gateways.empty() && !said_none_)
    log::info(once_ ? "no OpenClaw state directory found; the sample has none"
                    : "no OpenClaw state directory found yet; looking again "
                      "each interval",
              {{"hint",
                "name one by --openclaw.state-dir=NAME=PATH, or run as its "
                "user or with CAP_DAC_READ_SEARCH where it is closed"}});
  said_none_ = said_none_ || gateways.empty();
  problems_.tell(result.problems);
  source_.finish_round(result);
}

void DiscoveryTask::Shared::remember() {
  if (!storage_) return;
  auto first_seen = discovery_.first_seen();
  for (const auto& [gateway, at] : first_seen)
    if (const auto known = first_seen_.find(gateway);
        known == first_seen_.end() || known->second != at)
      storage_->put_first_seen(gateway, at);
  for (const auto& [gateway, at] : first_seen_)
    if (!first_seen.contains(gateway)) storage_->forget(gateway);
  first_seen_ = std::move(first_seen);
  std::set<std::string> names;
  for (const auto& gateway : discovery_.gateways()) names.insert(gateway.name);
  for (const auto& name : names_)
    if (!names.contains(name)) storage_->forget(name);
  names_ = std::move(names);
}

DiscoveryTask::DiscoveryTask(std::shared_ptr<Shared> shared, Gate gate)
    : shared_{std::move(shared)}, gate_{std::move(gate)} {}

milliseconds DiscoveryTask::patience() const {
  return std::min(kPatience, shared_->timing.patience);
}

std::shared_ptr<Task> DiscoveryTask::successor() const {
  return std::make_shared<DiscoveryTask>(shared_, gate_);
}

MonotonicTime DiscoveryTask::run(MonotonicTime now) {
  const auto& census = shared_->census;
  if (census && !census->facts() && !census->source().health().settled)
    return now + shared_->timing.interval;
  const auto [look, order] = shared_->begin();
  const auto facts = census ? census->facts() : nullptr;
  const auto seen =
      look_for_gateways(order, facts.get(), wall_time_now(), gate_);
  // Nothing is touched any more that others could wait for.
  gate_({});
  shared_->finish(look, seen);
  return now + shared_->timing.interval;
}

}  // namespace openclaw_lock
