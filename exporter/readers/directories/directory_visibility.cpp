// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/directories/directory_visibility.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/gateways/gateway_role.h"
#include "core/gateways/openclaw_process.h"
#include "core/procfs/timens_offsets.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxOffsets = 4096;
constexpr std::size_t kMaxCommand = 1 << 20;
constexpr std::size_t kMaxOpenFiles = 65536;
constexpr std::size_t kMaxPaths = 8;
constexpr std::size_t kMaxCandidates = 256;
constexpr std::size_t kMaxNestedLooks = 1024;

bool is_nested(const Process& process) { return process.ns_pids.size() > 1; }

bool is_kernel_thread(const Process& process) {
  return (process.stat.flags & kKernelThreadFlag) != 0;
}

/// An overlay writes to a directory of another file system, under its own
/// device number.
bool is_below_overlay(const std::vector<Mount>& mounts,
                      const std::string& path) {
  return std::any_of(mounts.begin(), mounts.end(), [&](const Mount& mount) {
    const auto upper = upper_directory(mount);
    return !upper.empty() && path.starts_with(upper + '/');
  });
}

}  // namespace

DirectoryVisibility::DirectoryVisibility(const std::filesystem::path& procfs,
                                         const std::vector<Mount>& own_mounts,
                                         const std::string& path, dev_t device,
                                         ino_t inode)
    : procfs_{procfs},
      own_mounts_{own_mounts},
      path_{path},
      device_{device},
      inode_{inode} {}

const std::string& DirectoryVisibility::filesystem() {
  if (!filesystem_) {
    const Mount* mount = find_mount(own_mounts_, path_);
    filesystem_ = mount ? mount->filesystem : std::string{};
  }
  return *filesystem_;
}

Sees DirectoryVisibility::look(int pid) {
  const auto process = procfs_ / std::to_string(pid);
  const auto text = read_small_file(process / "mountinfo", kMaxMountinfo);
  if (!location_) location_.emplace(locate(own_mounts_, path_));
  const auto& location = *location_;
  if (!text || text->empty() || !location) return Sees::unknown;
  const auto mounts = parse_mountinfo(*text);
  // Without a mount at its root the process is in a chroot, and mounts above
  // that are not listed.
  if (!find_mount(mounts, "/")) return look_into_chroot(process);
  if (is_below_overlay(mounts, path_)) return Sees::unknown;
  const auto paths = paths_to(mounts, *location);
  bool denied = false;
  for (std::size_t i = 0; i < paths.size() && i < kMaxPaths; ++i) {
    struct stat found {};
    const auto path = process.native() + "/root" + paths[i];
    if (::stat(path.c_str(), &found) == 0) {
      if (found.st_dev == device_ && found.st_ino == inode_) return Sees::yes;
    } else if (fault_of(errno) == Fault::denied) {
      denied = true;
    }
  }
  return denied || paths.size() > kMaxPaths ? Sees::yes : Sees::no;
}

Sees DirectoryVisibility::look_into_chroot(
    const std::filesystem::path& process) const {
  std::error_code error;
  const auto root =
      std::filesystem::read_symlink(process / "root", error).native();
  if (error || !path_.starts_with(root + '/')) return Sees::unknown;
  struct stat found {};
  const auto path = process.native() + "/root" + path_.substr(root.size());
  const bool same = ::stat(path.c_str(), &found) == 0 &&
                    found.st_dev == device_ && found.st_ino == inode_;
  return same ? Sees::yes : Sees::unknown;
}

Sees DirectoryVisibility::sees(int pid) {
  const auto [entry, is_new] = known_.try_emplace(pid, Sees::unknown);
  if (is_new) entry->second = look(pid);
  return entry->second;
}

std::optional<std::int64_t> DirectoryVisibility::offset_ticks(
    int pid, const ProcessTable& table) {
  const auto [entry, is_new] = offsets_.try_emplace(pid);
  if (is_new) entry->second = read_offset_ticks(pid, table);
  return entry->second;
}

std::optional<std::int64_t> DirectoryVisibility::read_offset_ticks(
    int pid, const ProcessTable& table) const {
  const auto file = procfs_ / std::to_string(pid) / "timens_offsets";
  const auto text = read_small_file(file, kMaxOffsets);
  if (text) {
    const auto offset =
        parse_boottime_offset_ticks(*text, table.ticks_per_second);
    return offset ? std::optional{*offset} : std::nullopt;
  }
  const bool no_time_namespaces =
      text.problem().fault == Fault::missing &&
      !std::filesystem::exists(procfs_ / "self/timens_offsets");
  return no_time_namespaces ? std::optional<std::int64_t>{0} : std::nullopt;
}

std::string DirectoryVisibility::namespace_of(int pid) const {
  std::error_code error;
  return std::filesystem::read_symlink(procfs_ / std::to_string(pid) / "ns/pid",
                                       error)
      .native();
}

const std::set<std::string>& DirectoryVisibility::nested_namespaces(
    const ProcessTable& table) {
  if (nested_namespaces_) return *nested_namespaces_;
  nested_namespaces_.emplace();
  std::size_t looks = 0;
  for (const auto& process : table.processes) {
    if (!is_nested(process)) continue;
    const auto name = namespace_of(process.stat.pid);
    if (nested_namespaces_->contains(name)) continue;
    if (++looks > kMaxNestedLooks) {
      nested_namespaces_->insert("");
      break;
    }
    if (sees(process.stat.pid) == Sees::yes) nested_namespaces_->insert(name);
  }
  return *nested_namespaces_;
}

void DirectoryVisibility::tell_namespaces(const ProcessTable& table,
                                          HolderCandidate& candidate,
                                          HolderEvidence& evidence) {
  const auto& namespaces = nested_namespaces(table);
  evidence.nested_sees_directory = !namespaces.empty();
  if (!candidate.nested) return;
  const auto own = namespace_of(candidate.stat.pid);
  candidate.only_namespace =
      !own.empty() && namespaces == std::set<std::string>{own};
}

Result<ProcessStat> DirectoryVisibility::read_stat(int pid) const {
  const auto text =
      read_small_file(procfs_ / std::to_string(pid) / "stat", kMaxStat);
  return text ? parse_process_stat(*text) : text.problem();
}

bool DirectoryVisibility::read_again(HolderCandidate& candidate,
                                     HolderEvidence& evidence) {
  const auto pid = candidate.stat.pid;
  auto known = stats_.find(pid);
  if (known == stats_.end()) known = stats_.emplace(pid, read_stat(pid)).first;
  const auto& stat = known->second;
  if (!stat && stat.problem().fault != Fault::malformed) {
    if (stat.problem().fault == Fault::missing) return false;
    evidence.table_complete = false;
    return true;
  }
  // Another process with this pid: of its namespaces nothing is known.
  if (!stat || stat->start_ticks != candidate.stat.start_ticks) {
    evidence.table_complete = false;
    return false;
  }
  candidate.stat = *stat;
  return true;
}

std::optional<bool> DirectoryVisibility::keeps_open(int pid,
                                                    const FileKey& lock) const {
  const auto path = procfs_ / std::to_string(pid) / "fd";
  const auto directory = open_directory(path);
  if (!directory) return {};
  bool found = false;
  bool all = true;
  std::size_t seen = 0;
  const auto listed = list_directory(*directory, [&](std::string_view name,
                                                     unsigned char /*type*/) {
    std::error_code error;
    const auto file = path / std::string{name};
    const auto link = std::filesystem::read_symlink(file, error).native();
    all = all && (!error || error == std::errc::no_such_file_or_directory);
    // Nothing is touched that is not called a lock: it might hang.
    struct stat open {};
    found = found || (link.find(".lock") != std::string::npos &&
                      ::stat(file.c_str(), &open) == 0 &&
                      open.st_dev == lock.device && open.st_ino == lock.inode);
    return !found && ++seen < kMaxOpenFiles;
  });
  if (found) return true;
  return listed && all && seen < kMaxOpenFiles ? std::optional{false}
                                               : std::nullopt;
}

bool DirectoryVisibility::command_may_be_openclaw(
    const ProcessStat& stat) const {
  const auto cmdline = read_small_file(
      procfs_ / std::to_string(stat.pid) / "cmdline", kMaxCommand);
  return !cmdline || may_be_openclaw(stat.comm, split_nul(*cmdline));
}

HolderEvidence DirectoryVisibility::gather(const LockClaim& claim,
                                           const ProcessTable& table,
                                           const std::optional<FileKey>& lock) {
  HolderEvidence evidence;
  evidence.table_complete = table.complete;
  evidence.initial_namespace = table.initial_namespace;
  evidence.boot_time = table.boot_time;
  evidence.table_started_at = table.started_at;
  evidence.ticks_per_second = table.ticks_per_second;
  evidence.reader_offset_ticks = table.reader_offset_ticks;
  if (!claim.pid) return evidence;
  const auto [begin, end] = table.by_pid.equal_range(*claim.pid);
  for (auto entry = begin; entry != end; ++entry) {
    const auto& process = table.processes[entry->second];
    // We hold no lock, whatever pid we have in a container.
    if (is_kernel_thread(process) || process.stat.pid == table.self_pid)
      continue;
    if (evidence.candidates.size() == kMaxCandidates) {
      evidence.table_complete = false;
      break;
    }
    HolderCandidate candidate;
    candidate.stat = process.stat;
    if (!read_again(candidate, evidence)) continue;
    candidate.innermost =
        process.ns_pids.empty() || process.ns_pids.back() == *claim.pid;
    candidate.nested = is_nested(process);
    candidate.sees = sees(process.stat.pid);
    const bool differs = claim.start_ticks != process.stat.start_ticks;
    if (differs && candidate.sees != Sees::no) {
      if (lock) candidate.keeps_open = keeps_open(process.stat.pid, *lock);
      candidate.may_be_openclaw = command_may_be_openclaw(candidate.stat);
    }
    if (differs && claim.start_ticks)
      candidate.offset_ticks = offset_ticks(process.stat.pid, table);
    if (differs && candidate.sees == Sees::yes)
      tell_namespaces(table, candidate, evidence);
    evidence.candidates.push_back(std::move(candidate));
  }
  return evidence;
}

}  // namespace openclaw_lock
