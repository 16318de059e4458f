// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/stall_reader.h"

#include <unistd.h>

#include <utility>

#include "core/base/text.h"
#include "core/procfs/block_delay.h"
#include "core/procfs/memory_events.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_stat.h"
#include "core/procfs/unified_cgroup.h"
#include "exporter/readers/disk/pressure_reader.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"

namespace openclaw_lock {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr std::size_t kMaxCgroup = 65536;

/// Of the process, or of the thread.
std::optional<ProcessStat> read_stat(const fs::path& directory) {
  const auto text = read_small_file(directory / "stat", kMaxStat);
  if (!text) return {};
  auto stat = parse_process_stat(*text);
  return stat ? std::optional{*std::move(stat)} : std::nullopt;
}

std::optional<milliseconds> to_span(const std::optional<std::uint64_t>& ticks) {
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  if (!ticks) return {};
  return milliseconds{static_cast<std::int64_t>(*ticks * 1000 / per_second)};
}

/// Paths of a group by each mount of the hierarchy; none that leads out of it.
std::vector<std::string> directories_of(const std::vector<Mount>& mounts,
                                        const std::string& group) {
  std::vector<std::string> directories;
  for (const auto& mount : mounts) {
    if (mount.filesystem != "cgroup2") continue;
    for (auto& path : paths_to({mount}, {mount.device, group}))
      if ((path + '/').find("/../") == std::string::npos)
        directories.push_back(std::move(path));
  }
  return directories;
}

}  // namespace

void StallReader::watch(GatewayProcesses processes) {
  std::erase_if(gateways_, [&](const auto& gateway) {
    return !processes.contains(gateway.first);
  });
  for (auto& [name, of_gateway] : processes)
    gateways_[name].processes = std::move(of_gateway);
}

std::optional<bool> StallReader::is_blocked(
    const ProcessIdentity& process) const {
  const auto directory = procfs_ / std::to_string(process.pid);
  const auto stat = read_stat(directory);
  if (!stat || stat->start_ticks != process.start_ticks) return {};
  const auto threads = open_directory(directory / "task");
  if (!threads) return {};
  bool blocked = false;
  const auto listed =
      list_directory(*threads, [&](std::string_view name, unsigned char) {
        const auto thread = read_stat(directory / "task" / name);
        blocked = thread && thread->state == 'D';
        return !blocked;
      });
  if (!listed) return {};
  return blocked;
}

void StallReader::look(MonotonicTime now) {
  for (auto& [name, gateway] : gateways_) {
    std::optional<bool> blocked;
    for (const auto& process : gateway.processes)
      if (const auto found = is_blocked(process);
          found && !blocked.value_or(false))
        blocked = found;
    if (blocked)
      gateway.blocked.observe(now, *blocked);
    else
      gateway.blocked.pause();
  }
}

std::optional<StallReader::ControlGroup> StallReader::find_group(
    const ProcessIdentity& process,
    std::optional<std::vector<Mount>>& mounts) const {
  const auto cgroup = read_small_file(
      procfs_ / std::to_string(process.pid) / "cgroup", kMaxCgroup);
  const auto name = cgroup ? parse_unified_cgroup(*cgroup) : std::nullopt;
  if (!name) return {};
  if (!mounts) {
    const auto text =
        read_small_file(procfs_ / "self/mountinfo", kMaxMountinfo);
    mounts = text ? parse_mountinfo(*text) : std::vector<Mount>{};
  }
  for (const auto& directory : directories_of(*mounts, *name))
    if (auto file = directory + "/io.pressure"; read_pressure(file))
      return ControlGroup{*name, std::move(file), {}};
  return {};
}

void StallReader::read_pressures(MonotonicTime now) {
  constexpr std::chrono::seconds kStays{60};
  std::map<ProcessIdentity, ControlGroup> known;
  std::map<std::string, std::optional<Pressure>> pressures;
  std::optional<std::vector<Mount>> mounts;
  const auto pressure_of =
      [&](const ControlGroup& group) -> const std::optional<Pressure>& {
    const auto [entry, is_new] = pressures.try_emplace(group.name);
    if (is_new)
      if (const auto found = read_pressure(group.file)) entry->second = *found;
    return entry->second;
  };
  for (auto& [name, gateway] : gateways_) {
    std::map<std::string, Pressure> groups;
    for (const auto& process : gateway.processes) {
      const auto before = groups_.find(process);
      std::optional<ControlGroup> group;
      if (before != groups_.end() && now - before->second.found_at < kStays &&
          pressure_of(before->second))
        group = std::move(before->second);
      else if ((group = find_group(process, mounts)))
        group->found_at = now;
      if (!group) continue;
      if (const auto& pressure = pressure_of(*group))
        groups.emplace(group->name, *pressure);
      known.emplace(process, *std::move(group));
    }
    gateway.pressure.observe(std::move(groups));
  }
  groups_ = std::move(known);
  constexpr std::chrono::seconds kSeldom{30};
  if (shortage_at_ && now - *shortage_at_ < kSeldom) return;
  shortage_at_ = now;
  read_shortages();
}

/// Of processors and of memory; a group that many gateways have is read once.
void StallReader::read_shortages() {
  struct Shortage {
    std::optional<Pressure> cpu;
    std::optional<std::uint64_t> kills;
  };
  std::map<std::string, Shortage> shortages;
  const auto shortage_of = [&](const ControlGroup& group) -> const Shortage& {
    const auto [entry, is_new] = shortages.try_emplace(group.name);
    auto& found = entry->second;
    if (!is_new) return found;
    const auto directory = group.file.substr(0, group.file.rfind('/'));
    if (const auto cpu = read_pressure(directory + "/cpu.pressure"))
      found.cpu = *cpu;
    if (const auto events =
            read_small_file(directory + "/memory.events", kMaxStat))
      found.kills = parse_oom_kills(*events);
    return found;
  };
  for (auto& [name, gateway] : gateways_) {
    std::map<std::string, Pressure> cpu;
    std::map<std::string, std::uint64_t> kills;
    for (const auto& process : gateway.processes) {
      const auto group = groups_.find(process);
      if (group == groups_.end()) continue;
      const auto& shortage = shortage_of(group->second);
      if (shortage.cpu) cpu.emplace(group->second.name, *shortage.cpu);
      if (shortage.kills) kills.emplace(group->second.name, *shortage.kills);
    }
    gateway.cpu.observe(std::move(cpu));
    gateway.oom_kills.observe(std::move(kills));
  }
}

std::map<ThreadIdentity, std::uint64_t> StallReader::delays_of(
    const ProcessIdentity& process) const {
  const auto directory = procfs_ / std::to_string(process.pid);
  const auto stat = read_stat(directory);
  const auto tasks = open_directory(directory / "task");
  if (!stat || stat->start_ticks != process.start_ticks || !tasks) return {};
  std::map<ThreadIdentity, std::uint64_t> threads;
  bool known = accounting_since_ && process.start_ticks >= *accounting_since_;
  const auto listed =
      list_directory(*tasks, [&](std::string_view name, unsigned char) {
        const auto id = parse_integer<int>(name);
        const auto text =
            read_small_file(directory / "task" / name / "stat", kMaxStat);
        const auto ticks = text ? parse_block_delay_ticks(*text) : std::nullopt;
        if (!id || !ticks) return true;
        threads[{*id, process.start_ticks}] = *ticks;
        known = known || *ticks > 0;
        return true;
      });
  if (!listed || !known) return {};
  return threads;
}

void StallReader::read_delays(std::uint64_t now_ticks) {
  const auto on = read_small_file(procfs_ / "sys/kernel/task_delayacct", 64);
  if (!on || !on->starts_with('1')) {
    accounting_since_.reset();
    for (auto& [name, gateway] : gateways_) gateway.delay = {};
    return;
  }
  if (!accounting_since_) accounting_since_ = now_ticks;
  for (auto& [name, gateway] : gateways_) {
    std::map<ThreadIdentity, std::uint64_t> threads;
    for (const auto& process : gateway.processes)
      threads.merge(delays_of(process));
    gateway.delay.observe(std::move(threads));
  }
}

StallFacts StallReader::report() const {
  StallFacts report;
  for (const auto& [name, gateway] : gateways_)
    report[name] = {gateway.blocked.total(), gateway.pressure.total(),
                    to_span(gateway.delay.total()),
                    gateway.cpu.total()
                        ? std::optional{gateway.cpu.total()->some}
                        : std::nullopt,
                    gateway.oom_kills.total()};
  return report;
}

}  // namespace openclaw_lock
