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

/// Tells which processes can reach one directory, whatever path they know it
/// by, and gathers what judge_holder wants. Made anew for each round: it
/// remembers what it read.
///
/// A process sees the directory where device and inode agree below
/// /proc/PID/root; without the right to look there, where /proc/PID/mountinfo
/// holds a mount of it. May block where the file system hangs.
class DirectoryVisibility {
 public:
  /// `path` is absolute and without symbolic links.
  DirectoryVisibility(const std::filesystem::path& procfs,
                      const std::vector<Mount>& own_mounts,
                      const std::string& path, dev_t device, ino_t inode);

  /// Type of the file system, empty where no mount was found.
  const std::string& filesystem() const { return filesystem_; }

  Sees sees(int pid);

  HolderEvidence gather(const LockClaim& claim, const ProcessTable& table);

 private:
  Sees look(int pid) const;
  Sees look_into_chroot(const std::filesystem::path& process) const;
  std::optional<std::int64_t> offset_ticks(int pid, const ProcessTable& table);
  std::optional<std::int64_t> read_offset_ticks(
      int pid, const ProcessTable& table) const;
  /// Link of its PID namespace; empty without the right to read it.
  std::string namespace_of(int pid) const;
  /// Of the nested processes that can reach the directory.
  const std::set<std::string>& nested_namespaces(const ProcessTable& table);
  void tell_namespaces(const ProcessTable& table, HolderCandidate& candidate,
                       HolderEvidence& evidence);

  const std::filesystem::path& procfs_;
  const std::string path_;
  std::optional<FilesystemPath> location_;
  std::string filesystem_;
  dev_t device_;
  ino_t inode_;
  std::map<int, Sees> known_;
  std::map<int, std::optional<std::int64_t>> offsets_;
  std::optional<std::set<std::string>> nested_namespaces_;
};

}  // namespace openclaw_lock
