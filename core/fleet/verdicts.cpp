// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/verdicts.h"

#include "core/gateways/openclaw_version.h"

namespace openclaw_lock {
namespace {

/// See the comments of TimeoutKind. A lease is no lock of a file.
bool can_time_out(TimeoutKind kind, Store store,
                  const std::optional<OpenclawVersion>& version) {
  constexpr OpenclawVersion kFirstWithoutStoreLock{2026, 5, 2};
  switch (kind) {
    case TimeoutKind::session:
      return store != Store::sqlite;
    case TimeoutKind::session_store:
      return (store == Store::jsonl || store == Store::unknown) &&
             !(version && *version >= kFirstWithoutStoreLock);
    case TimeoutKind::sandbox:
      return store != Store::sqlite;
    case TimeoutKind::sqlite:
      return store != Store::jsonl;
  }
  return true;
}

/// Where agents are known a lock of sessions is one of theirs.
std::map<TimeoutSeries, std::uint64_t> timeouts_of(
    const LogFacts* logs, const LockFacts* locks, Store store,
    const std::optional<OpenclawVersion>& version) {
  if (!logs) return {};
  auto timeouts = logs->totals.timeouts;
  const auto expect = [&](const std::string& agent, TimeoutKind kind) {
    if (can_time_out(kind, store, version))
      timeouts.try_emplace({agent, kind}, 0);
  };
  bool has_agents = false;
  static const std::map<LockSeries, LockTotals> kNone;
  for (const auto& [series, totals] : locks ? locks->totals : kNone) {
    if (series.kind != LockKind::session) continue;
    has_agents = true;
    for (const auto kind : {TimeoutKind::session, TimeoutKind::session_store,
                            TimeoutKind::sqlite})
      expect(series.agent, kind);
  }
  for (const auto kind : {TimeoutKind::sandbox, TimeoutKind::sqlite})
    expect("", kind);
  if (!has_agents)
    for (const auto kind : {TimeoutKind::session, TimeoutKind::session_store})
      expect("", kind);
  return timeouts;
}

GatewayVerdicts judge(const Readings& readings, WallTime now) {
  GatewayVerdicts verdicts;
  if (const auto locks = readings.present<LockFacts>())
    verdicts.session_locks = locks->snapshot;
  verdicts.processes = readings.present<GatewayFacts>();
  verdicts.logs = readings.present<LogFacts>();
  verdicts.disk = readings.present<DiskFacts>();

  if (const auto& locks = verdicts.session_locks) {
    verdicts.locks = assess_locks(*locks, now);
    if (locks->writers_known) verdicts.writers = locks->writers.size();
  }
  if (verdicts.processes && verdicts.processes->singleton_locks)
    verdicts.singleton =
        assess_singleton_locks(*verdicts.processes->singleton_locks, now);

  const auto* const locks = readings.look_at<LockFacts>();
  const auto* const processes = readings.look_at<GatewayFacts>();
  const auto* const logs = readings.look_at<LogFacts>();
  // The store of the last round that knew it: one that hangs has not changed.
  const auto store =
      processes && processes->store ? *processes->store : Store::unknown;
  const auto version =
      processes ? parse_openclaw_version(processes->version) : std::nullopt;
  verdicts.timeouts = timeouts_of(logs, locks, store, version);

  for (const auto source : kSourceNames)
    verdicts.sources[static_cast<std::size_t>(source)] =
        readings.health(source);
  auto& health =
      verdicts.sources[static_cast<std::size_t>(SourceName::processes)];
  if (health && locks) add_problems(locks->holder_problems, health->problems);
  return verdicts;
}

}  // namespace

FleetVerdicts judge(const FleetSnapshot& snapshot) {
  FleetVerdicts verdicts;
  verdicts.gateways.reserve(snapshot.gateways.size());
  for (const auto& gateway : snapshot.gateways)
    verdicts.gateways.push_back(judge(gateway.readings, snapshot.now));
  return verdicts;
}

}  // namespace openclaw_lock
