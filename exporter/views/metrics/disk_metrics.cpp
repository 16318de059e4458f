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

void add_available(const GatewayView& gateway, ExpositionWriter& out) {
  const auto& disk = gateway.verdicts->disk;
  if (disk && disk->filesystem && disk->filesystem->available_bytes)
    out.add({gateway.label()}, *disk->filesystem->available_bytes);
}

void add_read_only(const GatewayView& gateway, ExpositionWriter& out) {
  const auto& disk = gateway.verdicts->disk;
  if (disk && disk->filesystem)
    out.add({gateway.label()}, disk->filesystem->read_only ? 1U : 0U);
}

template <typename Add>
void for_each_operation(const GatewayView& gateway, Add add) {
  const auto* const disk = gateway.latest<DiskFacts>();
  if (!disk) return;
  const auto& work = disk->work;
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

void add_cpu_stalled(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& cpu = gateway.facts->stalls.cpu)
    out.add({gateway.label()}, seconds_of(*cpu));
}

void add_oom_kills(const GatewayView& gateway, ExpositionWriter& out) {
  if (const auto& kills = gateway.facts->stalls.oom_kills)
    out.add({gateway.label()}, *kills);
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

constexpr Metric kDiskMetrics[] = {
    {.head = counter(
         "openclaw_lock_disk_stalled_seconds_total",
         "Time lost waiting for disks, of the whole system: some (at least one "
         "task waited) or full (none could run), from the kernel's io "
         "pressure."),
     .of_fleet = add_system_stalled},
    {gauge("openclaw_lock_filesystem_info",
           "What the state directory lies on."),
     add_filesystem},
    {gauge("openclaw_lock_filesystem_avail_bytes",
           "Free space of the file system below the state directory, as users "
           "other than root may take it."),
     add_available},
    {gauge(
         "openclaw_lock_filesystem_readonly",
         "1 where the file system below the state directory takes no writes."),
     add_read_only},
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
    {counter("openclaw_lock_gateway_cpu_stalled_seconds_total",
             "Time in which at least one task in the control group of the "
             "processes that use the state directory waited for a processor."),
     add_cpu_stalled},
    {counter("openclaw_lock_gateway_oom_kills_total",
             "Processes in the control group of those that use the state "
             "directory that the kernel killed for want of memory."),
     add_oom_kills},
    {counter("openclaw_lock_gateway_disk_wait_seconds_total",
             "Time that the threads of the processes that use the state "
             "directory waited for block devices, as the kernel accounts it."),
     add_delay},
};

}  // namespace

Metrics disk_metrics() { return kDiskMetrics; }

}  // namespace openclaw_lock
