// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

const GatewayFacts* current_facts(const GatewaySnapshot& gateway) {
  return current(gateway.facts, gateway.facts_health);
}

void add_processes(const FleetSnapshot& report, MetricFamilies& families) {
  auto instances = gauge("openclaw_lock_gateway_instances",
                         "Gateway processes that run on this state directory; "
                         "above 1 they are duplicates.");
  auto started = gauge("openclaw_lock_gateway_start_time_seconds",
                       "When the youngest of the running gateways started.");
  auto mismatch = gauge("openclaw_lock_gateway_lock_mismatch",
                        "1 where no running gateway is named by the "
                        "gateway's singleton lock.");
  for (const auto& gateway : report.gateways) {
    const auto* facts = current_facts(gateway);
    if (!facts) continue;
    const MetricLabels labels{{"gateway", gateway.name}};
    if (facts->instances)
      instances.add(labels, static_cast<double>(*facts->instances));
    if (facts->youngest_start)
      started.add(labels,
                  to_seconds(facts->youngest_start->time_since_epoch()));
    if (facts->lock_mismatch)
      mismatch.add(labels, *facts->lock_mismatch ? 1 : 0);
  }
  families.push_back(instances.take());
  families.push_back(started.take());
  families.push_back(mismatch.take());
}

void add_writers(const FleetSnapshot& report, MetricFamilies& families) {
  auto writers = gauge("openclaw_lock_writer_processes",
                       "Live processes that hold a session lock now.");
  for (const auto& gateway : report.gateways) {
    const auto* snapshot = current_snapshot(gateway);
    if (snapshot && snapshot->writers_known)
      writers.add({{"gateway", gateway.name}},
                  static_cast<double>(snapshot->writers.size()));
  }
  families.push_back(writers.take());
}

void add_stores(const FleetSnapshot& report, MetricFamilies& families) {
  auto info = gauge("openclaw_lock_store_info",
                    "Where sessions are kept: jsonl (files with lock files), "
                    "sqlite_lease, sqlite (no lock files) or unknown; version "
                    "of OpenClaw that last wrote the configuration.");
  auto bytes = gauge("openclaw_lock_sqlite_bytes",
                     "Size of SQLite files; of agents all together.");
  auto held = gauge("openclaw_lock_sqlite_writer_held_seconds",
                    "How long the same process has been seen with the write "
                    "lock of a database; of agents the longest.");
  for (const auto& gateway : report.gateways) {
    const auto* facts = current_facts(gateway);
    if (!facts) continue;
    if (facts->store)
      info.add({{"gateway", gateway.name},
                {"store", std::string{to_string(*facts->store)}},
                {"version", facts->version}},
               1);
    const auto add = [&](const std::string& name,
                         const std::optional<DatabaseFacts>& database) {
      if (!database) return;
      const MetricLabels labels{{"gateway", gateway.name}, {"database", name}};
      const auto add_file = [&](const char* file, std::uint64_t size) {
        bytes.add(with(labels, "file", file), static_cast<double>(size));
      };
      add_file("main", database->main_bytes);
      add_file("wal", database->wal_bytes);
      if (database->writer_held)
        held.add(labels, to_seconds(*database->writer_held));
    };
    add("agent", facts->agent_databases);
    add("state", facts->state_database);
  }
  families.push_back(info.take());
  families.push_back(bytes.take());
  families.push_back(held.take());
}

}  // namespace

void add_gateway_families(const FleetSnapshot& report,
                          MetricFamilies& families) {
  add_processes(report, families);
  add_writers(report, families);
  add_stores(report, families);
}

}  // namespace openclaw_lock
