// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/verdicts.h"

namespace openclaw_lock {
namespace {

template <typename Facts>
std::shared_ptr<const Facts> present(
    const std::shared_ptr<const Facts>& facts,
    const std::optional<SourceHealth>& health) {
  return health && health->fresh ? facts : nullptr;
}

void add_problems(const ProblemCounts& more, ProblemCounts& problems) {
  for (std::size_t i = 0; i < kFaultCount; ++i) problems[i] += more[i];
}

std::optional<SourceHealth> joined(const std::optional<SourceHealth>& whole,
                                   const std::optional<SourceHealth>& part) {
  if (!whole || !part) return whole ? whole : part;
  auto health = *whole;
  health.up = health.up && (part->up || !part->settled);
  add_problems(part->problems, health.problems);
  return health;
}

/// Without the census the reader of gateways does not run either.
std::optional<SourceHealth> processes_of(const GatewaySnapshot& gateway) {
  if (!gateway.processes_health) return {};
  auto health = joined(gateway.processes_health, gateway.facts_health);
  if (gateway.locks)
    add_problems(gateway.locks->holder_problems, health->problems);
  return health;
}

/// See the comments of TimeoutKind. A lease is no lock of a file.
bool can_time_out(TimeoutKind kind, Store store) {
  switch (kind) {
    case TimeoutKind::session:
      return store != Store::sqlite;
    case TimeoutKind::session_store:
      return store == Store::jsonl || store == Store::unknown;
    case TimeoutKind::sandbox:
      return true;
    case TimeoutKind::sqlite:
      return store != Store::jsonl;
  }
  return true;
}

std::map<TimeoutSeries, std::uint64_t> timeouts_of(
    const GatewaySnapshot& gateway, Store store) {
  if (!gateway.logs) return {};
  auto timeouts = gateway.logs->totals.timeouts;
  const auto expect = [&](const std::string& agent, TimeoutKind kind) {
    if (can_time_out(kind, store)) timeouts.try_emplace({agent, kind}, 0);
  };
  for (const auto kind : {TimeoutKind::session, TimeoutKind::session_store,
                          TimeoutKind::sandbox, TimeoutKind::sqlite})
    expect("", kind);
  if (!gateway.locks) return timeouts;
  for (const auto& [series, totals] : gateway.locks->totals) {
    if (series.kind != LockKind::session) continue;
    for (const auto kind : {TimeoutKind::session, TimeoutKind::session_store,
                            TimeoutKind::sqlite})
      expect(series.agent, kind);
  }
  return timeouts;
}

GatewayVerdicts judge(const GatewaySnapshot& gateway, WallTime now) {
  GatewayVerdicts verdicts;
  if (const auto locks = present(gateway.locks, gateway.locks_health))
    verdicts.session_locks = locks->snapshot;
  verdicts.processes = present(gateway.facts, gateway.facts_health);
  verdicts.logs = present(gateway.logs, gateway.logs_health);
  verdicts.disk = present(gateway.disk, gateway.disk_health);

  if (const auto& locks = verdicts.session_locks) {
    verdicts.locks = assess_locks(*locks, now);
    if (locks->writers_known) verdicts.writers = locks->writers.size();
  }
  if (verdicts.processes && verdicts.processes->singleton_locks)
    verdicts.singleton =
        assess_singleton_locks(*verdicts.processes->singleton_locks, now);

  // The store of the last round that knew it: one that hangs has not changed.
  const auto store = gateway.facts && gateway.facts->store
                         ? *gateway.facts->store
                         : Store::unknown;
  verdicts.timeouts = timeouts_of(gateway, store);

  verdicts.sources = {gateway.locks_health, processes_of(gateway),
                      gateway.logs_health,
                      joined(gateway.disk_health, gateway.disk_probe_health)};
  return verdicts;
}

}  // namespace

FleetVerdicts judge(const FleetSnapshot& snapshot) {
  FleetVerdicts verdicts;
  verdicts.gateways.reserve(snapshot.gateways.size());
  for (const auto& gateway : snapshot.gateways)
    verdicts.gateways.push_back(judge(gateway, snapshot.now));
  return verdicts;
}

}  // namespace openclaw_lock
