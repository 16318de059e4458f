// SPDX-License-Identifier: Apache-2.0
#include "core/base/text.h"
#include "exporter/views/metrics/metric.h"

namespace openclaw_lock {
namespace {

double seconds_of(std::chrono::microseconds span) {
  return std::chrono::duration<double>{span}.count();
}

void add_filesystem(const GatewayView& gateway, ExpositionWriter& out) {
  const auto& disk = gateway.verdicts->disk;
  if (!disk || !disk->filesystem) return;
  out.add({{"fstype", to_label_text(disk->filesystem->type)},
           gateway.label(),
           {"network", disk->filesystem->network ? "true" : "false"}},
          1U);
}

template <typename Add>
void for_each_operation(const GatewayView& gateway, Add add) {
  if (!gateway.facts->disk) return;
  const auto& work = gateway.facts->disk->work;
  if (work.flush) add("flush", *work.flush);
  if (work.read) add("read", *work.read);
  if (work.write) add("write", *work.write);
}

void add_wait(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_operation(gateway, [&](std::string_view operation,
                                  const DiskOperations& done) {
    out.add({gateway.label(), {"operation", operation}}, seconds_of(done.wait));
  });
}

void add_operations(const GatewayView& gateway, ExpositionWriter& out) {
  for_each_operation(
      gateway, [&](std::string_view operation, const DiskOperations& done) {
        out.add({gateway.label(), {"operation", operation}}, done.count);
      });
}

void add_blocked(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& blocked = gateway.facts->stalls.blocked)
    out.add({gateway.label()}, seconds_of(*blocked));
}

void add_stalled(const GatewayView& gateway, ExpositionWriter& out) {
  const auto& pressure = gateway.facts->stalls.pressure;
  if (!pressure) return;
  if (pressure->full)
    out.add({gateway.label(), {"severity", "full"}},
            seconds_of(*pressure->full));
  out.add({gateway.label(), {"severity", "some"}}, seconds_of(pressure->some));
}

void add_delay(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& delay = gateway.facts->stalls.delay)
    out.add({gateway.label()}, seconds_of(*delay));
}

void add_system_stalled(const FleetSnapshot& fleet, ExpositionWriter& out) {
  const auto& pressure = fleet.disk_pressure;
  if (!pressure) return;
  if (pressure->full)
    out.add({{"severity", "full"}}, seconds_of(*pressure->full));
  out.add({{"severity", "some"}}, seconds_of(pressure->some));
}

void add_stall_interval(const FleetSnapshot& fleet, ExpositionWriter& out) {
  if (fleet.sampling && fleet.sampling->stall_interval)
    out.add({}, seconds_of(*fleet.sampling->stall_interval));
}

void add_probes(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& probes = gateway.facts->disk_probe)
    out.add({gateway.label()}, *probes);
}

constexpr Metric kMetrics[] = {
    {.head = counter(
         "openclaw_lock_disk_stalled_seconds_total",
         "Time lost waiting for disks, of the whole system: some (at least one "
         "task waited) or full (none could run), from the kernel's io "
         "pressure."),
     .of_fleet = add_system_stalled},
    {gauge("openclaw_lock_filesystem_info",
           "What the state directory lies on."),
     add_filesystem},
    {counter("openclaw_lock_disk_wait_seconds_total",
             "Time that requests to the device or NFS server below the state "
             "directory took, each its own, of all its users together."),
     add_wait},
    {counter("openclaw_lock_disk_operations_total",
             "The requests of openclaw_lock_disk_wait_seconds_total."),
     add_operations},
    {counter("openclaw_lock_gateway_blocked_seconds_total",
             "Time during which a thread of a process that uses the state "
             "directory was in uninterruptible sleep; sampled."),
     add_blocked},
    {.head = gauge("openclaw_lock_stall_interval_seconds",
                   "Time between two looks for such threads: what is shorter "
                   "may be missed."),
     .of_fleet = add_stall_interval},
    {counter(
         "openclaw_lock_gateway_disk_stalled_seconds_total",
         "Time that the control group of the processes that use the state "
         "directory lost waiting for disks: some (at least one task waited) or "
         "full (none could run)."),
     add_stalled},
    {counter("openclaw_lock_gateway_disk_wait_seconds_total",
             "Time that the threads of the processes that use the state "
             "directory waited for block devices, as the kernel accounts it."),
     add_delay},
    {histogram(
         "openclaw_lock_disk_probe_seconds",
         "How long a small unnamed file in the state directory took to be "
         "written and synced by the exporter; only where disk_probe is "
         "enabled."),
     add_probes},
};

}  // namespace

Metrics disk_metrics() { return kMetrics; }

}  // namespace openclaw_lock
