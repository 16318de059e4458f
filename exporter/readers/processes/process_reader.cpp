// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/process_reader.h"

#include <dirent.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <memory>

#include "core/base/text.h"
#include "core/procfs/boot_time.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_status.h"
#include "core/procfs/timens_offsets.h"
#include "exporter/system/clock.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxKernelStat = 4 << 20;
constexpr int kKthreaddPid = 2;

/// Also true of a time that lies in the future: the clock was set back.
bool is_older(WallTime at, WallTime now, std::chrono::seconds limit) {
  return at > now || now - at >= limit;
}

}  // namespace

Result<std::vector<ProcessReader::Entry>> ProcessReader::list() const {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(procfs_.c_str()),
                                                   &::closedir};
  if (!stream) return system_problem(errno, procfs_.string());
  std::vector<Entry> entries;
  entries.reserve(known_.size() + 16);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (!entry && errno != 0) return system_problem(errno, procfs_.string());
    if (!entry) return entries;
    if (const auto pid = parse_integer<int>(entry->d_name); pid && *pid > 0)
      entries.push_back({*pid, entry->d_ino});
  }
}

Result<std::vector<ProcessReader::Entry>> ProcessReader::list_changed(
    WallTime now, bool may_keep) {
  // What it tells is of our own PID namespace, whatever procfs it is in.
  std::optional<TaskCount> tasks;
  if (surroundings_->self_pid == ::getpid())
    if (const auto text = read_small_file(procfs_ / "loadavg", kMaxStat))
      tasks = parse_task_count(*text);
  if (may_keep && tasks && tasks == listed_tasks_ &&
      !is_older(listed_at_, now, kLongestProcessRest)) {
    std::vector<Entry> entries;
    entries.reserve(known_.size());
    for (const auto& [pid, known] : known_)
      entries.push_back({pid, known.inode});
    return entries;
  }
  auto entries = list();
  listed_tasks_ = entries ? tasks : std::nullopt;
  listed_at_ = now;
  return entries;
}

const ProcessReader::Known* ProcessReader::unchanged(
    const Entry& entry, const ProcessTable& table) const {
  const auto known = known_.find(entry.pid);
  if (known == known_.end() || known->second.inode != entry.inode ||
      followed_.contains(entry.pid))
    return nullptr;
  const auto& process = known->second.process;
  const bool is_thread = (process.stat.flags & kKernelThreadFlag) != 0;
  if (is_thread) return &known->second;
  const auto started = started_at(process.stat, table);
  const bool settled =
      started && *started <= table.started_at &&
      table.started_at - *started >= kYoungProcess &&
      !is_older(known->second.read_at, table.started_at, kLongestProcessRest);
  return settled ? &known->second : nullptr;
}

void ProcessReader::read_process(const Entry& entry, ProcessTable& table,
                                 std::vector<Problem>& problems) {
  const auto keep = [&](Known known) {
    if (entry.pid == kKthreaddPid &&
        (known.process.stat.flags & kKernelThreadFlag) != 0)
      table.initial_namespace = true;
    table.processes.push_back(known.process);
    seen_[entry.pid] = std::move(known);
  };
  if (const auto* known = unchanged(entry, table)) return keep(*known);
  const auto directory = procfs_ / std::to_string(entry.pid);
  const auto fail = [&](const Problem& problem) {
    if (problem.fault == Fault::missing) return;  // it has ended
    table.complete = false;
    problems.push_back({problem.fault, procfs_.string(), problem.detail});
  };
  const auto text = read_small_file(directory / "stat", kMaxStat);
  if (!text) return fail(text.problem());
  auto stat = parse_process_stat(*text);
  if (!stat) return fail(stat.problem());
  Known now{entry.inode, table.started_at, {std::move(*stat), {}}};
  const auto known = known_.find(entry.pid);
  if (known != known_.end() && known->second.inode == entry.inode &&
      known->second.process.stat.start_ticks == now.process.stat.start_ticks) {
    now.process.ns_pids = known->second.process.ns_pids;
    return keep(std::move(now));
  }
  const auto status = read_small_file(directory / "status", kMaxStatus);
  if (!status) return fail(status.problem());
  auto pids = parse_ns_pids(*status);
  if (!pids) return fail(pids.problem());
  now.process.ns_pids = std::move(*pids);
  keep(std::move(now));
}

void ProcessReader::read_surroundings(WallTime now) {
  if (surroundings_ &&
      !is_older(surroundings_->read_at, now, kLongestProcessRest))
    return;
  surroundings_ = Surroundings{};
  auto& found = *surroundings_;
  found.read_at = now;
  std::error_code error;
  const auto self = std::filesystem::read_symlink(procfs_ / "self", error);
  found.self_pid = parse_integer<int>(self.native()).value_or(0);
  const auto text = read_small_file(procfs_ / "self/mountinfo", kMaxMountinfo);
  if (text) {
    const auto mounts = parse_mountinfo(*text);
    const Mount* mount = find_mount(mounts, procfs_.native());
    found.hides = mount && hides_processes(mount->super_options);
    if (found.hides)
      found.problems.push_back(
          {Fault::denied, procfs_.string(),
           "mounted with hidepid: processes may be hidden"});
  } else {
    found.hides = true;
    found.problems.push_back(text.problem());
  }
  const auto offsets =
      read_small_file(procfs_ / "self/timens_offsets", kMaxStat);
  const auto offset =
      offsets ? parse_boottime_offset_ticks(*offsets, ::sysconf(_SC_CLK_TCK))
              : offsets.problem();
  if (offset)
    found.offset_ticks = *offset;
  else if (offset.problem().fault != Fault::missing)
    found.problems.push_back(offset.problem());  // missing: an older kernel
}

/// To read it makes the kernel sum up what each processor has done.
void ProcessReader::read_boot_time(ProcessTable& table,
                                   std::vector<Problem>& problems) {
  constexpr std::chrono::milliseconds kSet{100};
  const auto offset = wall_clock_offset();
  if (boot_time_ &&
      !is_older(boot_time_->read_at, table.started_at, kLongestProcessRest) &&
      std::chrono::abs(offset - boot_time_->clock_offset) < kSet) {
    table.boot_time = boot_time_->at;
    return;
  }
  boot_time_.reset();
  const auto stat = read_small_file(procfs_ / "stat", kMaxKernelStat);
  const auto boot = stat ? parse_boot_time(*stat) : stat.problem();
  if (!boot) return problems.push_back(boot.problem());
  boot_time_ = BootTime{table.started_at, offset, *boot};
  table.boot_time = *boot;
}

RoundResult ProcessReader::read(ProcessTable& table, WallTime now,
                                bool may_keep) {
  RoundResult round;
  table = {};
  table.started_at = now;
  table.ticks_per_second = ::sysconf(_SC_CLK_TCK);
  read_surroundings(now);
  const auto entries = list_changed(now, may_keep);
  if (!entries) {
    round.problems.push_back(entries.problem());
    return round;
  }
  read_boot_time(table, round.problems);
  table.complete = !surroundings_->hides;
  table.self_pid = surroundings_->self_pid;
  table.reader_offset_ticks = surroundings_->offset_ticks;
  round.problems.insert(round.problems.end(), surroundings_->problems.begin(),
                        surroundings_->problems.end());
  table.processes.reserve(entries->size());
  seen_.clear();
  seen_.reserve(entries->size());
  for (const auto& entry : *entries) read_process(entry, table, round.problems);
  known_.swap(seen_);
  table.index();
  round.success = !table.processes.empty();
  return round;
}

}  // namespace openclaw_lock
