// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

bool ever_taken(const LockTotals& totals) {
  return totals.acquired > 0 || totals.released > 0 || totals.abandoned > 0 ||
         totals.stolen > 0;
}

/// Sessions are in SQLite: there is no lock file to take.
bool is_without_locks(const GatewayView& gateway) {
  const auto& processes = gateway.verdicts->processes;
  return processes && processes->store == Store::sqlite;
}

/// The store lock is gone since 2026.5.2: its series come with the first one.
bool is_shown(const GatewayView& gateway, const LockSeries& series,
              const LockGauges& gauges) {
  if (series.kind != LockKind::session_store) return true;
  if (gauges.files != LockGauges{}.files) return true;
  const auto* const locks = gateway.latest<LockFacts>();
  const auto known = locks->totals.find(series);
  return known != locks->totals.end() && ever_taken(known->second);
}

template <typename Add>
void for_each_series(const GatewayView& gateway, Add add) {
  if (const auto& singleton = gateway.verdicts->singleton)
    add(LockSeries{"", LockKind::gateway}, singleton->gauges);
  if (!gateway.verdicts->locks) return;
  for (const auto& [series, gauges] : gateway.verdicts->locks->gauges)
    if (is_shown(gateway, series, gauges)) add(series, gauges);
}

void add_files(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_series(gateway,
                  [&](const LockSeries& series, const LockGauges& gauges) {
                    for (const auto holder : kHolders)
                      out.add({{"agent", series.agent},
                               gateway.label(),
                               {"holder", to_string(holder)},
                               {"kind", to_string(series.kind)}},
                              gauges.files[static_cast<std::size_t>(holder)]);
                  });
}

void add_oldest(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_series(gateway, [&](const LockSeries& series,
                               const LockGauges& gauges) {
    for (const auto holder : kHolders)
      if (const auto& age = gauges.oldest_age[static_cast<std::size_t>(holder)])
        out.add({{"agent", series.agent},
                 gateway.label(),
                 {"holder", to_string(holder)},
                 {"kind", to_string(series.kind)}},
                to_seconds(*age));
  });
}

void add_overdue(const GatewayView& gateway, ExpositionWriter& out) {
  if (!gateway.verdicts->locks) return;
  for (const auto& [agent, count] : gateway.verdicts->locks->overdue)
    if (count > 0 || !is_without_locks(gateway))
      out.add({{"agent", agent}, gateway.label()}, count);
}

/// Only where sessions are no files: else a lock file is a lock.
void add_leftover(const GatewayView& gateway, ExpositionWriter& out) {
  const auto& locks = gateway.verdicts->session_locks;
  const auto& processes = gateway.verdicts->processes;
  const bool are_locks = processes && processes->store == Store::jsonl;
  if (locks && (!are_locks || locks->leftover_files > 0))
    out.add({gateway.label()}, locks->leftover_files);
}

template <typename Add>
void for_each_total(const GatewayView& gateway, Add add) {
  const auto* const locks = gateway.latest<LockFacts>();
  if (!locks) return;
  for (const auto& [series, totals] : locks->totals)
    if ((series.kind != LockKind::session_store &&
         !is_without_locks(gateway)) ||
        ever_taken(totals))
      add(series, totals);
}

void add_holds(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_total(gateway,
                 [&](const LockSeries& series, const LockTotals& totals) {
                   if (totals.holds.count() > 0)
                     out.add({{"agent", series.agent},
                              gateway.label(),
                              {"kind", to_string(series.kind)}},
                             totals.holds);
                 });
}

void add_acquired(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_total(gateway,
                 [&](const LockSeries& series, const LockTotals& totals) {
                   out.add({{"agent", series.agent},
                            gateway.label(),
                            {"kind", to_string(series.kind)}},
                           totals.acquired);
                 });
}

/// All three with the first acquisition: nothing ends before.
void add_released(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_total(
      gateway, [&](const LockSeries& series, const LockTotals& totals) {
        if (!ever_taken(totals)) return;
        const auto add = [&](std::string_view outcome, std::uint64_t count) {
          out.add({{"agent", series.agent},
                   gateway.label(),
                   {"kind", to_string(series.kind)},
                   {"outcome", outcome}},
                  count);
        };
        add("abandoned", totals.abandoned);
        add("released", totals.released);
        add("stolen", totals.stolen);
      });
}

/// Of a reader that hangs it is not known how it will go on.
void add_watch(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto locks = gateway.facts->readings.present<LockFacts>())
    out.add({gateway.label(), {"mode", locks->followed ? "inotify" : "poll"}},
            1U);
}

void add_watch_lost(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto* const locks = gateway.latest<LockFacts>();
      locks && locks->watch_lost > 0)
    out.add({gateway.label()}, locks->watch_lost);
}

constexpr Metric kLockMetrics[] = {
    {gauge("openclaw_lock_files",
           "Lock files now, by what became of the holder."),
     add_files},
    {gauge("openclaw_lock_oldest_age_seconds",
           "Age of the oldest lock: now minus its createdAt."),
     add_oldest},
    {gauge("openclaw_lock_overdue_files",
           "Locks whose live holder has had them for longer than "
           "their own maxHoldMs (300 s where they have none)."),
     add_overdue},
    {gauge("openclaw_lock_leftover_files",
           "Session lock files from before the upgrade to SQLite "
           "(2026.8.1): litter, not locks."),
     add_leftover},
    {histogram("openclaw_lock_hold_seconds",
               "How long finished holds of locks took."),
     add_holds},
    {counter("openclaw_lock_acquired_total",
             "Acquisitions of locks that were seen."),
     add_acquired},
    {counter("openclaw_lock_released_total",
             "Ends of holds that were seen: released, abandoned "
             "(holder gone, file left) or stolen (replaced while "
             "the holder lived)."),
     add_released},
    {gauge("openclaw_lock_watch_info",
           "How locks are followed: inotify (every hold is seen) or "
           "poll (short holds are missed)."),
     add_watch},
    {counter("openclaw_lock_watch_lost_total",
             "Times that events were lost and a scan replaced them."),
     add_watch_lost},
};

}  // namespace

Metrics lock_metrics() { return kLockMetrics; }

}  // namespace openclaw_lock
