// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

void add_gateways(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (!fleet.discovery) return;
  out.add({{"origin", "configured"}}, fleet.discovery->configured);
  out.add({{"origin", "discovered"}}, fleet.discovery->discovered);
}

void add_discovery_up(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (fleet.discovery) out.add({}, fleet.discovery->health.up ? 1U : 0U);
}

void add_discovery_success(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (fleet.discovery && fleet.discovery->health.last_success_at)
    out.add({},
            to_seconds(
                fleet.discovery->health.last_success_at->time_since_epoch()));
}

void add_discovery_problems(const FleetSnapshot& fleet, ExpositionWriter& out) {
  for (std::size_t i = 0; fleet.discovery && i < kFaultCount; ++i)
    if (const auto count = fleet.discovery->health.problems[i]; count > 0)
      out.add({{"problem", to_string(static_cast<Fault>(i))}}, count);
}

void add_hanging(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (fleet.sampling) out.add({}, fleet.sampling->hanging);
}

void add_build(const FleetSnapshot& fleet, ExpositionWriter& out) {
  const auto& built = fleet.exporter.build;
  out.add({{"compiler", built.compiler},
           {"revision", built.revision},
           {"version", built.version}},
          1U);
}

void add_reload(const FleetSnapshot& fleet, ExpositionWriter& out) {
  out.add({}, fleet.exporter.config_in_force ? 1U : 0U);
}

void add_reload_time(const FleetSnapshot& fleet, ExpositionWriter& out) {
  out.add({}, to_seconds(fleet.exporter.config_loaded_at.time_since_epoch()));
}

void add_answers(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (!fleet.with_exporter_metrics) return;
  for (const auto& [status, count] : fleet.exporter.http_answers)
    out.add({{"code", std::to_string(status)}}, count);
}

template <double ProcessFigures::*kFigure>
void add_process(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (fleet.with_exporter_metrics && fleet.exporter.process)
    out.add({}, (*fleet.exporter.process).*kFigure);
}

constexpr Metric kExporterMetrics[] = {
    {.head = gauge("openclaw_lock_gateways",
                   "State directories that are watched now: configured, or "
                   "discovered."),
     .of_fleet = add_gateways},
    {.head = gauge("openclaw_lock_discovery_up",
                   "1 where the last search for gateways succeeded."),
     .of_fleet = add_discovery_up},
    {.head = gauge("openclaw_lock_discovery_last_success_timestamp_seconds",
                   "When a search for gateways last succeeded."),
     .of_fleet = add_discovery_success},
    {.head =
         counter("openclaw_lock_discovery_problems_total",
                 "Obstacles that searches for gateways met, each once a round; "
                 "a configured pattern that matches nothing is missing."),
     .of_fleet = add_discovery_problems},
    {.head = gauge("openclaw_lock_hanging_reads",
                   "Readings that a file system or device does not let end; "
                   "what else lies on it waits."),
     .of_fleet = add_hanging},
    {.head = gauge("openclaw_lock_exporter_build_info",
                   "Version, revision and compiler of this exporter."),
     .of_fleet = add_build},
    {.head = gauge("openclaw_lock_config_last_reload_successful",
                   "1 where the configuration was last loaded without error."),
     .of_fleet = add_reload},
    {.head = gauge("openclaw_lock_config_last_reload_success_timestamp_seconds",
                   "When the configuration was last loaded without error."),
     .of_fleet = add_reload_time},
    {.head = counter("openclaw_lock_exporter_http_requests_total",
                     "HTTP requests answered, by status."),
     .of_fleet = add_answers},
    {.head = counter("process_cpu_seconds_total",
                     "Total user and system CPU time spent in seconds."),
     .of_fleet = add_process<&ProcessFigures::cpu_seconds>},
    {.head = gauge("process_open_fds", "Number of open file descriptors."),
     .of_fleet = add_process<&ProcessFigures::open_fds>},
    {.head =
         gauge("process_max_fds", "Maximum number of open file descriptors."),
     .of_fleet = add_process<&ProcessFigures::max_fds>},
    {.head =
         gauge("process_virtual_memory_bytes", "Virtual memory size in bytes."),
     .of_fleet = add_process<&ProcessFigures::virtual_memory_bytes>},
    {.head = gauge("process_resident_memory_bytes",
                   "Resident memory size in bytes."),
     .of_fleet = add_process<&ProcessFigures::resident_memory_bytes>},
    {.head = gauge("process_start_time_seconds",
                   "Start time of the process since unix epoch in seconds."),
     .of_fleet = add_process<&ProcessFigures::start_time_seconds>},
};

}  // namespace

Metrics exporter_metrics() { return kExporterMetrics; }

}  // namespace openclaw_lock
