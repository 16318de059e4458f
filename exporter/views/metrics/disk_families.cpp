// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

double seconds_of(std::chrono::microseconds span) {
  return std::chrono::duration<double>{span}.count();
}

void add_stalled(FamilyBuilder& family, const MetricLabels& labels,
                 const Pressure& pressure) {
  family.add(with(labels, "severity", "some"), seconds_of(pressure.some));
  if (pressure.full)
    family.add(with(labels, "severity", "full"), seconds_of(*pressure.full));
}

void add_stalls(const FleetSnapshot& report, MetricFamilies& families) {
  auto blocked =
      counter("openclaw_lock_gateway_blocked_seconds_total",
              "Time during which a thread of a process that uses the state "
              "directory was in uninterruptible sleep; sampled.");
  auto stalled = counter(
      "openclaw_lock_gateway_disk_stalled_seconds_total",
      "Time that the control group of the processes that use the state "
      "directory lost waiting for disks: some (at least one task waited) or "
      "full (none could run).");
  auto delay = counter(
      "openclaw_lock_gateway_disk_wait_seconds_total",
      "Time that the threads of the processes that use the state directory "
      "waited for block devices, as the kernel accounts it.");
  for (const auto& gateway : report.gateways) {
    const MetricLabels labels{{"gateway", gateway.name}};
    if (gateway.stalls.delay)
      delay.add(labels, seconds_of(*gateway.stalls.delay));
    if (gateway.stalls.blocked)
      blocked.add(labels, seconds_of(*gateway.stalls.blocked));
    if (gateway.stalls.pressure)
      add_stalled(stalled, labels, *gateway.stalls.pressure);
  }
  families.push_back(blocked.take());
  families.push_back(stalled.take());
  families.push_back(delay.take());
}

void add_system(const FleetSnapshot& report, MetricFamilies& families) {
  auto stalled = counter(
      "openclaw_lock_disk_stalled_seconds_total",
      "Time lost waiting for disks, of the whole system: some (at least one "
      "task waited) or full (none could run), from the kernel's io pressure.");
  if (report.disk_pressure) add_stalled(stalled, {}, *report.disk_pressure);
  families.push_back(stalled.take());
}

struct WorkFamilies {
  FamilyBuilder wait =
      counter("openclaw_lock_disk_wait_seconds_total",
              "Time that requests to the device or NFS server below the state "
              "directory took, each its own, of all its users together.");
  FamilyBuilder operations =
      counter("openclaw_lock_disk_operations_total",
              "The requests of openclaw_lock_disk_wait_seconds_total.");

  void add(const std::string& gateway, const char* operation,
           const std::optional<DiskOperations>& done) {
    if (!done) return;
    const MetricLabels labels{{"gateway", gateway}, {"operation", operation}};
    wait.add(labels, seconds_of(done->wait));
    operations.add(labels, static_cast<double>(done->count));
  }
};

void add_work(const FleetSnapshot& report, MetricFamilies& families) {
  WorkFamilies work;
  for (const auto& gateway : report.gateways) {
    if (!gateway.disk) continue;
    work.add(gateway.name, "read", gateway.disk->work.read);
    work.add(gateway.name, "write", gateway.disk->work.write);
    work.add(gateway.name, "flush", gateway.disk->work.flush);
  }
  families.push_back(work.wait.take());
  families.push_back(work.operations.take());
}

void add_probes(const FleetSnapshot& report, MetricFamilies& families) {
  auto probes = histogram(
      "openclaw_lock_disk_probe_seconds",
      "How long a small unnamed file in the state directory took to be written "
      "and synced by the exporter; only where disk_probe is enabled.");
  for (const auto& gateway : report.gateways)
    if (gateway.disk_probe)
      probes.add({{"gateway", gateway.name}}, *gateway.disk_probe);
  families.push_back(probes.take());
}

void add_filesystems(const FleetSnapshot& report, MetricFamilies& families) {
  auto info = gauge("openclaw_lock_filesystem_info",
                    "What the state directory lies on.");
  for (const auto& gateway : report.gateways) {
    const auto* disk = current(gateway.disk, gateway.disk_health);
    if (!disk) continue;
    if (const auto& filesystem = disk->filesystem)
      info.add({{"gateway", gateway.name},
                {"fstype", to_label_text(filesystem->type)},
                {"network", filesystem->network ? "true" : "false"}},
               1);
  }
  families.push_back(info.take());
}

}  // namespace

void add_disk_families(const FleetSnapshot& report, MetricFamilies& families) {
  add_system(report, families);
  add_filesystems(report, families);
  add_work(report, families);
  add_stalls(report, families);
  add_probes(report, families);
}

}  // namespace openclaw_lock
