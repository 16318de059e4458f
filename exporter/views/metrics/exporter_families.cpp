// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

void add_single(FamilyBuilder family, double value, MetricFamilies& families) {
  family.add({}, value);
  families.push_back(family.take());
}

void add_http(const ExporterFacts& report, MetricFamilies& families) {
  auto answers = counter("openclaw_lock_exporter_http_requests_total",
                         "HTTP requests answered, by status.");
  for (const auto& [status, count] : report.http_answers)
    answers.add({{"code", std::to_string(status)}}, static_cast<double>(count));
  families.push_back(answers.take());
}

void add_process(const ProcessFigures& process, MetricFamilies& families) {
  add_single(counter("process_cpu_seconds_total",
                     "Total user and system CPU time spent in seconds."),
             process.cpu_seconds, families);
  add_single(gauge("process_open_fds", "Number of open file descriptors."),
             process.open_fds, families);
  add_single(
      gauge("process_max_fds", "Maximum number of open file descriptors."),
      process.max_fds, families);
  add_single(
      gauge("process_virtual_memory_bytes", "Virtual memory size in bytes."),
      process.virtual_memory_bytes, families);
  add_single(
      gauge("process_resident_memory_bytes", "Resident memory size in bytes."),
      process.resident_memory_bytes, families);
  add_single(gauge("process_start_time_seconds",
                   "Start time of the process since unix epoch in seconds."),
             process.start_time_seconds, families);
}

}  // namespace

void add_exporter_families(const FleetSnapshot& report,
                           MetricFamilies& families) {
  auto build = gauge("openclaw_lock_exporter_build_info",
                     "Version, revision and compiler of this exporter.");
  const auto& built = report.exporter.build;
  build.add({{"version", built.version},
             {"revision", built.revision},
             {"compiler", built.compiler}},
            1);
  families.push_back(build.take());
  add_single(gauge("openclaw_lock_config_last_reload_successful",
                   "1 where the configuration was last loaded without error."),
             report.exporter.config_in_force ? 1 : 0, families);
  add_single(gauge("openclaw_lock_config_last_reload_success_timestamp_seconds",
                   "When the configuration was last loaded without error."),
             to_seconds(report.exporter.config_loaded_at.time_since_epoch()),
             families);
  if (!report.with_exporter_metrics) return;
  add_http(report.exporter, families);
  if (report.exporter.process) add_process(*report.exporter.process, families);
}

MetricFamilies make_families(const FleetSnapshot& report) {
  MetricFamilies families;
  add_lock_families(report, families);
  add_gateway_families(report, families);
  add_log_families(report, families);
  add_disk_families(report, families);
  add_source_families(report, families);
  add_exporter_families(report, families);
  return families;
}

}  // namespace openclaw_lock
