// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/process_reader.h"

#include <unistd.h>

#include "core/base/text.h"
#include "core/procfs/boot_time.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_status.h"
#include "core/procfs/timens_offsets.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxStat = 4096;
constexpr std::size_t kMaxStatus = 65536;
constexpr std::size_t kMaxMountinfo = 4 << 20;
constexpr std::size_t kMaxKernelStat = 4 << 20;
constexpr int kKthreaddPid = 2;

}  // namespace

void ProcessReader::read_process(int pid, ProcessTable& table,
                                 std::vector<Problem>& problems) {
  const auto directory = procfs_ / std::to_string(pid);
  const auto fail = [&](const Problem& problem) {
    if (problem.fault == Fault::missing) return;  // it has ended
    table.complete = false;
    problems.push_back({problem.fault, procfs_.string(), problem.detail});
  };
  const auto text = read_small_file(directory / "stat", kMaxStat);
  if (!text) return fail(text.problem());
  auto stat = parse_process_stat(*text);
  if (!stat) return fail(stat.problem());

  Process process{std::move(*stat), {}};
  const auto known = known_.find(pid);
  if (known != known_.end() &&
      known->second.start_ticks == process.stat.start_ticks) {
    process.ns_pids = known->second.ns_pids;
  } else {
    const auto status = read_small_file(directory / "status", kMaxStatus);
    if (!status) return fail(status.problem());
    auto pids = parse_ns_pids(*status);
    if (!pids) return fail(pids.problem());
    process.ns_pids = std::move(*pids);
  }
  seen_[pid] = {process.stat.start_ticks, process.ns_pids};
  if (pid == kKthreaddPid && (process.stat.flags & kKernelThreadFlag) != 0)
    table.initial_namespace = true;
  table.processes.push_back(std::move(process));
}

void ProcessReader::read_mount(ProcessTable& table,
                               std::vector<Problem>& problems) const {
  const auto text = read_small_file(procfs_ / "self/mountinfo", kMaxMountinfo);
  if (!text) {
    table.complete = false;
    problems.push_back(text.problem());
    return;
  }
  const auto mounts = parse_mountinfo(*text);
  const Mount* mount = find_mount(mounts, procfs_.native());
  if (mount && hides_processes(mount->super_options)) {
    table.complete = false;
    problems.push_back({Fault::denied, procfs_.string(),
                        "mounted with hidepid: processes may be hidden"});
  }
}

void ProcessReader::read_self(ProcessTable& table) const {
  std::error_code error;
  const auto self = std::filesystem::read_symlink(procfs_ / "self", error);
  table.self_pid = parse_integer<int>(self.native()).value_or(0);
}

void ProcessReader::read_clock(ProcessTable& table,
                               std::vector<Problem>& problems) const {
  table.ticks_per_second = ::sysconf(_SC_CLK_TCK);
  const auto stat = read_small_file(procfs_ / "stat", kMaxKernelStat);
  const auto boot = stat ? parse_boot_time(*stat) : stat.problem();
  if (boot)
    table.boot_time = *boot;
  else
    problems.push_back(boot.problem());
  const auto offsets =
      read_small_file(procfs_ / "self/timens_offsets", kMaxStat);
  const auto offset =
      offsets ? parse_boottime_offset_ticks(*offsets, table.ticks_per_second)
              : offsets.problem();
  if (offset) {
    table.reader_offset_ticks = *offset;
  } else if (offset.problem().fault != Fault::missing) {
    problems.push_back(offset.problem());  // missing: a kernel without them
  }
}

RoundResult ProcessReader::read(ProcessTable& table, WallTime now) {
  RoundResult round;
  table = {};
  table.started_at = now;
  const auto directory = open_directory(procfs_);
  if (!directory) {
    round.problems.push_back(directory.problem());
    return round;
  }
  table.complete = true;
  table.processes.reserve(known_.size() + 16);
  const auto listed =
      list_directory(*directory, [&](std::string_view name, unsigned char) {
        if (const auto pid = parse_integer<int>(name); pid && *pid > 0)
          read_process(*pid, table, round.problems);
        return true;
      });
  known_ = std::move(seen_);
  seen_.clear();
  if (!listed) {
    table.complete = false;
    round.problems.push_back(listed.problem());
  }
  read_self(table);
  read_mount(table, round.problems);
  read_clock(table, round.problems);
  table.index();
  round.success = static_cast<bool>(listed) && !table.processes.empty();
  return round;
}

}  // namespace openclaw_lock
