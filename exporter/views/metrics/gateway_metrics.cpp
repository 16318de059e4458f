// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

void add_instances(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& facts = gateway.verdicts->processes;
      facts && facts->instances)
    out.add({gateway.label()}, *facts->instances);
}

void add_start(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& facts = gateway.verdicts->processes;
      facts && facts->youngest_start)
    out.add({gateway.label()},
            to_seconds(facts->youngest_start->time_since_epoch()));
}

void add_mismatch(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& facts = gateway.verdicts->processes;
      facts && facts->lock_mismatch)
    out.add({gateway.label()}, *facts->lock_mismatch ? 1U : 0U);
}

/// Where sessions are in SQLite there is no lock to hold.
void add_writers(const GatewayView& gateway, ExpositionWriter& out) {
  const auto& writers = gateway.verdicts->writers;
  const auto& processes = gateway.verdicts->processes;
  const bool has_locks = !processes || processes->store != Store::sqlite;
  if (writers && (*writers > 0 || has_locks))
    out.add({gateway.label()}, *writers);
}

void add_store(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& facts = gateway.verdicts->processes; facts && facts->store)
    out.add({gateway.label(),
             {"store", to_string(*facts->store)},
             {"version", facts->version}},
            1U);
}

template <typename Add>
void for_each_database(const GatewayView& gateway, Add add) {
  const auto& facts = gateway.verdicts->processes;
  if (!facts) return;
  if (facts->agent_databases) add("agent", *facts->agent_databases);
  if (facts->state_database) add("state", *facts->state_database);
}

void add_bytes(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_database(
      gateway, [&](std::string_view name, const DatabaseFacts& database) {
        const auto add = [&](std::string_view file, std::uint64_t size) {
          out.add({{"database", name}, {"file", file}, gateway.label()}, size);
        };
        add("main", database.main_bytes);
        add("wal", database.wal_bytes);
      });
}

void add_writer_held(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_database(gateway,
                    [&](std::string_view name, const DatabaseFacts& database) {
                      if (database.writer_held)
                        out.add({{"database", name}, gateway.label()},
                                to_seconds(*database.writer_held));
                    });
}

constexpr Metric kGatewayMetrics[] = {
    {gauge("openclaw_lock_gateway_instances",
           "Gateway processes that run on this state directory; "
           "above 1 they are duplicates."),
     add_instances},
    {gauge("openclaw_lock_gateway_start_time_seconds",
           "When the youngest of the running gateways started."),
     add_start},
    {gauge("openclaw_lock_gateway_lock_mismatch",
           "1 where no running gateway is named by the "
           "gateway's singleton lock."),
     add_mismatch},
    {gauge("openclaw_lock_writer_processes",
           "Live processes that hold a session lock now."),
     add_writers},
    {gauge("openclaw_lock_store_info",
           "Where sessions are kept: jsonl (files with lock files), "
           "sqlite_lease, sqlite (no lock files) or unknown; version "
           "of OpenClaw that last wrote the configuration."),
     add_store},
    {gauge("openclaw_lock_sqlite_bytes",
           "Size of SQLite files; of agents all together."),
     add_bytes},
    {gauge("openclaw_lock_sqlite_writer_held_seconds",
           "How long the same process has been seen with the write "
           "lock of a database; of agents the longest."),
     add_writer_held},
};

}  // namespace

Metrics gateway_metrics() { return kGatewayMetrics; }

}  // namespace openclaw_lock
