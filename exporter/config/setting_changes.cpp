// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/setting_changes.h"

namespace openclaw_lock {

std::vector<std::string> find_restart_settings(const Settings& running,
                                               const Settings& next) {
  std::vector<std::string> names;
  const auto compare = [&](const char* name, auto Settings::*member) {
    if (running.*member != next.*member) names.emplace_back(name);
  };
  compare("path.procfs", &Settings::procfs);
  compare("path.sysfs", &Settings::sysfs);
  compare("path.rootfs", &Settings::rootfs);
  compare("sample.interval", &Settings::sample_interval);
  compare("collector.locks", &Settings::collect_locks);
  compare("collector.processes", &Settings::collect_processes);
  compare("collector.logs", &Settings::collect_logs);
  compare("collector.disk", &Settings::collect_disk);
  compare("disk-probe.enabled", &Settings::disk_probe);
  compare("disk-probe.interval", &Settings::disk_probe_interval);
  compare("storage.path", &Settings::storage_path);
  compare("web.listen-address", &Settings::listen);
  compare("web.telemetry-path", &Settings::telemetry_path);
  compare("web.max-requests", &Settings::max_requests);
  compare("web.disable-exporter-metrics", &Settings::disable_exporter_metrics);
  compare("textfile.path", &Settings::textfile_path);
  return names;
}

}  // namespace openclaw_lock
