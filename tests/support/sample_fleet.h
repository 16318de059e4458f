// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/fleet/disk_facts.h"
#include "core/fleet/gateway_facts.h"
#include "core/fleet/lock_facts.h"
#include "core/fleet/log_facts.h"
#include "core/fleet/snapshot.h"

namespace openclaw_lock {

inline constexpr WallTime kSampleNow{std::chrono::seconds{1795216202}};

/// A reader that runs.
inline SourceHealth healthy() {
  SourceHealth health;
  health.up = health.fresh = health.settled = true;
  health.last_success_at = kSampleNow;
  health.last_duration = std::chrono::microseconds{1500};
  return health;
}

constexpr SourceName source_of(const LockFacts&) { return SourceName::locks; }
constexpr SourceName source_of(const LogFacts&) { return SourceName::logs; }
constexpr SourceName source_of(const DiskFacts&) { return SourceName::disk; }
constexpr SourceName source_of(const GatewayFacts&) {
  return SourceName::processes;
}

/// As its reader leaves them, which does as before, or is healthy.
template <typename Facts>
void put(Readings& readings, const Facts& facts) {
  const auto* const known = readings.health_of<Facts>();
  readings.put<Facts>(source_of(facts), std::make_shared<Facts>(facts),
                      known ? *known : healthy());
}

inline const LockSeries kMainSession{"main", LockKind::session};

/// A gateway whose locks and processes are read: one lock of agent `main`, held
/// for 400 s, and three acquisitions seen.
inline GatewaySnapshot gateway_with_lock(const std::string& name) {
  LockSnapshot snapshot;
  snapshot.agents = {"main"};
  snapshot.locks = {
      {kMainSession, {Holder::alive}, kSampleNow - std::chrono::seconds{400}}};
  LockFacts locks;
  locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
  locks.totals[kMainSession].acquired = 3;
  locks.followed = true;
  GatewaySnapshot gateway{name};
  put(gateway.readings, locks);
  gateway.readings.put_census(healthy());
  return gateway;
}

/// The same with logs.
inline GatewaySnapshot gateway_with_logs(const std::string& name,
                                         const LogFacts& logs = {}) {
  auto gateway = gateway_with_lock(name);
  put(gateway.readings, logs);
  return gateway;
}

/// A gateway that runs and does nothing, with one agent, and every reader on:
/// no hold, no wait and no problem yet.
inline GatewaySnapshot idle_gateway(const std::string& name,
                                    Store store = Store::jsonl) {
  LockSnapshot snapshot;
  snapshot.agents = {"main"};
  LockFacts locks;
  locks.snapshot = std::make_shared<LockSnapshot>(snapshot);
  for (const auto kind : kSessionLockKinds) locks.totals[{"main", kind}] = {};
  locks.followed = true;

  GatewayFacts facts;
  facts.instances = 1;
  facts.youngest_start = kSampleNow - std::chrono::hours{1};
  facts.lock_mismatch = false;
  facts.singleton_locks = {{{"", LockKind::gateway},
                            {Holder::alive},
                            kSampleNow - std::chrono::hours{1}}};
  facts.store = store;
  facts.version = "2026.5.22";
  if (store == Store::sqlite) {
    facts.agent_databases = DatabaseFacts{4096, 512, std::chrono::seconds{0}};
    facts.state_database = DatabaseFacts{4096, 512, std::chrono::seconds{0}};
  }

  LogFacts logs;
  logs.files = 1;
  logs.totals.last_line_at = kSampleNow;

  DiskFacts disk;
  disk.filesystem = {"ext4", false, false, std::uint64_t{1} << 30};
  disk.work = {DiskOperations{3, std::chrono::milliseconds{15}},
               DiskOperations{3, std::chrono::milliseconds{15}},
               DiskOperations{3, std::chrono::milliseconds{15}}};

  GatewaySnapshot gateway{name};
  put(gateway.readings, locks);
  put(gateway.readings, logs);
  put(gateway.readings, facts);
  put(gateway.readings, disk);
  gateway.readings.put_census(healthy());
  gateway.stalls = {
      std::chrono::milliseconds{2500},
      Pressure{std::chrono::milliseconds{15}, std::chrono::milliseconds{5}}};
  gateway.stalls.cpu = std::chrono::milliseconds{20};
  gateway.stalls.oom_kills = 0;
  return gateway;
}

inline FleetSnapshot fleet_of(std::vector<GatewaySnapshot> gateways) {
  FleetSnapshot fleet;
  fleet.now = kSampleNow;
  fleet.gateways = std::move(gateways);
  fleet.with_exporter_metrics = false;
  return fleet;
}

}  // namespace openclaw_lock
