// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/fleet/snapshot.h"
#include "exporter/fleet/collector.h"
#include "exporter/fleet/gateway_discovery.h"

namespace openclaw_lock {

/// The gateways that are watched, each with its collectors. Thread-safe;
/// nothing here touches what is watched.
class WatchedGateways {
 public:
  explicit WatchedGateways(CollectorContext context);

  /// Begins to watch it, or takes in how it is described by now. One whose name
  /// another has waits until that one is gone.
  void add(const WatchedGateway& gateway);

  /// Exactly these are watched from now on.
  void replace(const std::vector<WatchedGateway>& found);

  /// Each collector has finished a round or timed out.
  bool settled() const;

  /// By name.
  std::vector<GatewaySnapshot> snapshot() const;

  /// When the newest incident of each was, by name; none without any.
  std::map<std::string, WallTime> incidents() const;

  /// Ends all; none is added any more.
  void stop();

 private:
  struct Entry {
    WatchedGateway gateway;
    std::vector<std::unique_ptr<Collector>> collectors;
  };

  void end_others(const std::vector<WatchedGateway>& found);

  const CollectorContext context_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  ///< by name
  bool stopped_ = false;
};

}  // namespace openclaw_lock
