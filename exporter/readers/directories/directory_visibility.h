// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/locks/holder.h"
#include "core/locks/lock_claim.h"
#include "core/procfs/mountinfo.h"
#include "core/procfs/process_table.h"

namespace openclaw_lock {

/// Device and inode of a file.
struct FileKey {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
};

/// Tells which processes can reach one directory, whatever path they know it
/// by, and gathers what judge_holder wants. Made anew for each round: it
/// remembers what it read.
///
/// A process sees the directory where device and inode agree below
/// /proc/PID/root; without the right to look there, where /proc/PID/mountinfo
/// holds a mount of it. May block where the file system hangs.
class DirectoryVisibility {
 public:
  /// `path` is absolute and without symbolic links. `procfs` and `own_mounts`
  /// must outlive this.
  DirectoryVisibility(const std::filesystem::path& procfs,
                      const std::vector<Mount>& own_mounts,
                      const std::string& path, dev_t device, ino_t inode);
  DirectoryVisibility(const std::filesystem::path& procfs,
                      const std::vector<Mount>&& own_mounts,
                      const std::string& path, dev_t device,
                      ino_t inode) = delete;

  /// Type of the file system, empty where no mount was found.
  const std::string& filesystem();

  Sees sees(int pid);

  /// The process is known to reach the directory.
  void note_seen(int pid) { known_[pid] = Sees::yes; }

  /// What is known of the processes that a lock may mean: the lock must have
  /// been read before this object was made. `stat` of each is read anew, once;
  /// without a start time in the claim, what it has open, too. `lock`: the lock
  /// file; empty: of a kind that its holder closes.
  HolderEvidence gather(const LockClaim& claim, const ProcessTable& table,
                        const std::optional<FileKey>& lock);

 private:
  Sees look(int pid);
  Sees look_into_chroot(const std::filesystem::path& process) const;
  std::optional<std::int64_t> offset_ticks(int pid, const ProcessTable& table);
  std::optional<std::int64_t> read_offset_ticks(
      int pid, const ProcessTable& table) const;
  /// Brings `stat` up to date; false where the process has ended.
  bool read_again(HolderCandidate& candidate, HolderEvidence& evidence);
  Result<ProcessStat> read_stat(int pid) const;
  std::optional<bool> keeps_open(int pid, const FileKey& lock) const;
  bool command_may_be_openclaw(const ProcessStat& stat) const;
  /// Link of its PID namespace; empty without the right to read it.
  std::string namespace_of(int pid) const;
  /// Of the nested processes that can reach the directory.
  const std::set<std::string>& nested_namespaces(const ProcessTable& table);
  void tell_namespaces(const ProcessTable& table, HolderCandidate& candidate,
                       HolderEvidence& evidence);

  const std::filesystem::path& procfs_;
  const std::vector<Mount>& own_mounts_;
  const std::string path_;
  std::optional<std::optional<FilesystemPath>> location_;  ///< once asked for
  std::optional<std::string> filesystem_;                  ///< the same
  dev_t device_;
  ino_t inode_;
  std::map<int, Sees> known_;
  std::map<int, std::optional<std::int64_t>> offsets_;
  std::map<int, Result<ProcessStat>> stats_;
  std::optional<std::set<std::string>> nested_namespaces_;
};

}  // namespace openclaw_lock
