// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/fleet/watched_gateways.h"
#include "exporter/sampling/inbox.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

/// Finds the gateways each interval, and when the settings are others.
class DiscoveryTask : public Task {
 public:
  /// Shared by a task and its successors.
  struct Shared {
    Shared(Settings settings_, DiscoveryEnvironment environment_,
           SourceTiming timing_, std::shared_ptr<Census> census_,
           std::shared_ptr<WatchedGateways> gateways_);

    const DiscoveryEnvironment environment;
    const SourceTiming timing;
    const std::shared_ptr<Census> census;  ///< null: no processes
    const std::shared_ptr<WatchedGateways> gateways;
    /// Told which processes each gateway has.
    std::function<void(const std::vector<WatchedGateway>&)> found =
        [](const auto&) {};
    Source<int> source;  ///< only for its health

    std::mutex mutex;
    Settings settings;         ///< in force
    std::uint64_t orders = 0;  ///< that have come
    std::uint64_t tasks = 0;   ///< number of the newest task
  };

  explicit DiscoveryTask(std::shared_ptr<Shared> shared);

  std::string name() const override { return "discovery"; }
  std::chrono::milliseconds patience() const override;
  MonotonicTime run(MonotonicTime now) override;
  std::shared_ptr<Task> successor() const override;

  static void reload(Shared& shared, const Settings& settings);

 private:
  bool is_current() const;
  RoundResult round();

  const std::shared_ptr<Shared> shared_;
  std::uint64_t number_ = 0;
  std::uint64_t orders_ = 0;  ///< taken in
  GatewayDiscovery discovery_;
  ProblemLog problems_{"discovery"};
  bool said_none_ = false;
};

}  // namespace openclaw_lock
