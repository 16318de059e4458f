// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/fleet/discovery_facts.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/fleet/gateway_look.h"
#include "exporter/fleet/watched_gateways.h"
#include "exporter/sampling/census_task.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/sampling/problem_log.h"
#include "exporter/sampling/source.h"
#include "exporter/sampling/task.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Looks for gateways each interval, and when the settings are others. A look
/// that hangs is given up, and another begins that passes over where it hangs.
class DiscoveryTask : public Task {
 public:
  /// Shared by a task and its successors.
  class Shared {
   public:
    using Found = std::function<void(const std::vector<WatchedGateway>&)>;

    /// `storage` keeps when gateways were first seen; null: nobody does.
    /// `found` is told of the gateways of each look.
    Shared(const Settings& settings, DiscoveryEnvironment environment,
           SourceTiming timing_, std::shared_ptr<CensusSource> census_,
           std::shared_ptr<WatchedGateways> gateways_,
           std::shared_ptr<LogStorage> storage, Found found_);

    /// Returns the number of the first look for these settings.
    std::uint64_t reload(const Settings& settings);
    /// Waits until that look or a later one was taken in; false where
    /// `patience` runs out first.
    bool wait_for(std::uint64_t look, std::chrono::milliseconds patience);

    const SourceTiming timing;
    const std::shared_ptr<CensusSource> census;  ///< null: no processes
    const Source<int>& source() const { return source_; }  ///< its health
    DiscoveryFacts facts() const;

    // For the tasks:
    /// Number of the look, and what it is to do.
    std::pair<std::uint64_t, LookOrder> begin();
    /// Takes in what a look saw, unless a later one was taken in before.
    void finish(std::uint64_t look, const GatewaysSeen& seen);

   private:
    void remember();

    const std::shared_ptr<WatchedGateways> gateways_;
    const std::shared_ptr<LogStorage> storage_;
    const Found found_;
    const bool once_;  ///< there is one look
    Source<int> source_;
    mutable std::mutex mutex_;
    std::condition_variable taken_in_;
    GatewayDiscovery discovery_;
    ProblemLog problems_{"discovery"};
    std::uint64_t begun_ = 0;
    std::uint64_t taken_ = 0;
    bool said_none_ = false;
    std::map<std::string, WallTime> first_seen_;  ///< as stored
    std::set<std::string> names_;                 ///< of all gateways
  };

  DiscoveryTask(std::shared_ptr<Shared> shared, Gate gate);

  std::string name() const override { return "discovery"; }
  std::chrono::milliseconds patience() const override;
  MonotonicTime run(MonotonicTime now) override;
  std::shared_ptr<Task> successor() const override;

 private:
  const std::shared_ptr<Shared> shared_;
  const Gate gate_;
};

}  // namespace openclaw_lock
