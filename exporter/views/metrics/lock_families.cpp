// SPDX-License-Identifier: Apache-2.0
#include "core/locks/lock_assessment.h"
#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

MetricLabels series_labels(const GatewaySnapshot& gateway,
                           const LockSeries& series) {
  return {{"gateway", gateway.name},
          {"agent", series.agent},
          {"kind", std::string{to_string(series.kind)}}};
}

void add_gauges(const FleetSnapshot& report, MetricFamilies& families) {
  auto files = gauge("openclaw_lock_files",
                     "Lock files now, by what became of the holder.");
  auto oldest = gauge("openclaw_lock_oldest_age_seconds",
                      "Age of the oldest lock: now minus its createdAt.");
  auto overdue = gauge("openclaw_lock_overdue_files",
                       "Locks whose live holder has had them for longer than "
                       "their own maxHoldMs (300 s where they have none).");
  auto leftover = gauge("openclaw_lock_leftover_files",
                        "Session lock files from before the upgrade to SQLite "
                        "(2026.8.1): litter, not locks.");
  for (const auto& gateway : report.gateways) {
    const auto add = [&](const LockSeries& series, const LockGauges& gauges) {
      const auto labels = series_labels(gateway, series);
      for (const auto holder : kHolders) {
        const auto index = static_cast<std::size_t>(holder);
        const auto of_holder = with(labels, "holder", to_string(holder));
        files.add(of_holder, static_cast<double>(gauges.files[index]));
        if (const auto& age = gauges.oldest_age[index])
          oldest.add(of_holder, to_seconds(*age));
      }
    };
    const auto* facts = current(gateway.facts, gateway.facts_health);
    if (facts && facts->singleton_locks)
      add({"", LockKind::gateway},
          count_locks(*facts->singleton_locks, report.now));
    const auto* snapshot = current_snapshot(gateway);
    if (!snapshot) continue;
    const auto assessment = assess_locks(*snapshot, report.now);
    for (const auto& [series, gauges] : assessment.gauges) add(series, gauges);
    for (const auto& [agent, count] : assessment.overdue)
      overdue.add({{"gateway", gateway.name}, {"agent", agent}},
                  static_cast<double>(count));
    leftover.add({{"gateway", gateway.name}},
                 static_cast<double>(snapshot->leftover_files));
  }
  families.push_back(files.take());
  families.push_back(oldest.take());
  families.push_back(overdue.take());
  families.push_back(leftover.take());
}

void add_counters(const FleetSnapshot& report, MetricFamilies& families) {
  auto holds = histogram("openclaw_lock_hold_seconds",
                         "How long finished holds of locks took.");
  auto acquired = counter("openclaw_lock_acquired_total",
                          "Acquisitions of locks that were seen.");
  auto released = counter("openclaw_lock_released_total",
                          "Ends of holds that were seen: released, abandoned "
                          "(holder gone, file left) or stolen (replaced while "
                          "the holder lived).");
  for (const auto& gateway : report.gateways) {
    if (!gateway.locks) continue;
    for (const auto& [series, totals] : gateway.locks->totals) {
      const auto labels = series_labels(gateway, series);
      acquired.add(labels, static_cast<double>(totals.acquired));
      const auto ended = [&](std::string_view outcome, std::uint64_t count) {
        released.add(with(labels, "outcome", outcome),
                     static_cast<double>(count));
      };
      ended("released", totals.released);
      ended("abandoned", totals.abandoned);
      ended("stolen", totals.stolen);
      // The store lock is gone since 2026.5.2; its 22 series come when needed.
      if (series.kind == LockKind::session || totals.acquired > 0 ||
          totals.holds.count() > 0)
        holds.add(labels, totals.holds);
    }
  }
  families.push_back(holds.take());
  families.push_back(acquired.take());
  families.push_back(released.take());
}

void add_watches(const FleetSnapshot& report, MetricFamilies& families) {
  auto info = gauge("openclaw_lock_watch_info",
                    "How locks are followed: inotify (every hold is seen) or "
                    "poll (short holds are missed).");
  auto lost = counter("openclaw_lock_watch_lost_total",
                      "Times that events were lost and a scan replaced them.");
  for (const auto& gateway : report.gateways) {
    if (!gateway.locks) continue;
    info.add({{"gateway", gateway.name},
              {"mode", gateway.locks->followed ? "inotify" : "poll"}},
             1);
    lost.add({{"gateway", gateway.name}},
             static_cast<double>(gateway.locks->watch_lost));
  }
  families.push_back(info.take());
  families.push_back(lost.take());
}

}  // namespace

void add_lock_families(const FleetSnapshot& report, MetricFamilies& families) {
  add_gauges(report, families);
  add_counters(report, families);
  add_watches(report, families);
}

}  // namespace openclaw_lock
