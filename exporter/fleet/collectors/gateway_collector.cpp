// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/collector.h"
#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

namespace {

/// A round each interval, the first when the census has looked. One that finds
/// a lock whose holder seems to be gone looks again once the census has, as a
/// round of LockTask does.
class GatewayTask : public SourceTask<GatewayFacts> {
 public:
  GatewayTask(const std::string& gateway, const std::string& home,
              GatewayReaderSettings settings, const CollectorContext& context,
              std::function<void()> wake)
      : SourceTask{"processes", gateway, home, context.timing},
        census_{context.census},
        wal_locks_{context.wal_locks},
        scheduler_{context.scheduler},
        wake_{std::move(wake)},
        reader_{std::move(settings)} {}

  MonotonicTime run(MonotonicTime now) override {
    const bool hopeful =
        !census_->source().health().settled || census_->source().health().up;
    if (!census_->facts() && hopeful && !patient_until_) {
      patient_until_ = now + timing_.patience;
      census_->request(wake_);
    }
    if (!census_->facts() && patient_until_ && now < *patient_until_)
      return now + kSoon;
    if (waiting_ && now < waiting_->patient_until &&
        !census_->since(waiting_->ticket))
      return waiting_->patient_until;
    if (!waiting_) source_.begin_round();
    const auto result = look();
    const auto patient_until =
        waiting_ ? waiting_->patient_until : now + timing_.patience / 2;
    waiting_.reset();
    if (reader_.wants_later_table() && now < patient_until) {
      waiting_ = {census_->request(wake_), patient_until};
      return patient_until;
    }
    source_.put(std::make_shared<const GatewayFacts>(reader_.facts()));
    finish(result);
    return now + timing_.interval;
  }

 private:
  /// A round that waits for the census.
  struct Waiting {
    CensusSource::Ticket ticket = 0;
    MonotonicTime patient_until;
  };

  RoundResult look() {
    const auto scheduler = scheduler_.lock();
    return reader_.round({census_->facts(),
                          [this] { return wal_locks_->get(); },
                          scheduler ? scheduler->domains().mounts() : nullptr});
  }

  static constexpr std::chrono::milliseconds kSoon{50};

  const std::shared_ptr<CensusSource> census_;
  const std::shared_ptr<SharedReading<WalLocks>> wal_locks_;
  const std::weak_ptr<Scheduler> scheduler_;
  const std::function<void()> wake_;
  GatewayReader reader_;
  std::optional<MonotonicTime> patient_until_;  ///< for the first round
  std::optional<Waiting> waiting_;
};

}  // namespace

std::unique_ptr<Collector> make_gateway_collector(
    const WatchedGateway& gateway, const CollectorContext& context) {
  if (!context.census) return nullptr;
  const auto make = [&](TaskId id) {
    return std::make_shared<GatewayTask>(
        gateway.name, gateway.home,
        GatewayReaderSettings{gateway.state_dir, context.settings.procfs,
                              gateway.root, context.scheduler->gate()},
        context, context.scheduler->waker(id));
  };
  return std::make_unique<TaskCollector<GatewayTask>>(SourceName::processes,
                                                      context.scheduler, make);
}

}  // namespace openclaw_lock
