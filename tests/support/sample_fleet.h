// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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
  return {name, std::make_shared<LockFacts>(locks), healthy(), healthy()};
}

/// The same with logs.
inline GatewaySnapshot gateway_with_logs(const std::string& name,
                                         const LogFacts& logs = {}) {
  auto gateway = gateway_with_lock(name);
  gateway.logs = std::make_shared<LogFacts>(logs);
  gateway.logs_health = healthy();
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
  disk.filesystem = {"ext4", false};
  disk.work = {DiskOperations{3, std::chrono::milliseconds{15}},
               DiskOperations{3, std::chrono::milliseconds{15}},
               DiskOperations{3, std::chrono::milliseconds{15}}};

  GatewaySnapshot gateway;
  gateway.name = name;
  gateway.locks = std::make_shared<LockFacts>(locks);
  gateway.facts = std::make_shared<GatewayFacts>(facts);
  gateway.logs = std::make_shared<LogFacts>(logs);
  gateway.disk = std::make_shared<DiskFacts>(disk);
  gateway.locks_health = gateway.processes_health = gateway.logs_health =
      gateway.facts_health = gateway.disk_health = healthy();
  gateway.stalls = {
      std::chrono::milliseconds{2500},
      Pressure{std::chrono::milliseconds{15}, std::chrono::milliseconds{5}}};
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
