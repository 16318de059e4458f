// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// The pids of one process, a level of PID namespace each: first the one in the
/// procfs mount's namespace, last the one it has in its own (innermost).
/// Source: line `NSpid:` of /proc/PID/status (kernel 4.1 on). Without that line
/// (a kernel without CONFIG_PID_NS) it is the one of `Pid:`. Never empty; at
/// most 33 levels (MAX_PID_NS_LEVEL is 32).
Result<std::vector<int>> parse_ns_pids(std::string_view status);

/// Whom the kernel takes a process for where it touches a file.
struct FileCredentials {
  std::uint32_t uid = 0;              ///< fsuid
  std::vector<std::uint32_t> groups;  ///< fsgid, then the supplementary ones

  bool operator==(const FileCredentials&) const = default;
};

/// Source: lines `Uid:`, `Gid:` (real, effective, saved, file system) and
/// `Groups:` of /proc/PID/status, as the reader's user namespace numbers them.
/// malformed: a line is missing or no such list.
Result<FileCredentials> parse_file_credentials(std::string_view status);

/// Owner, group and permission bits of a file, inode(7).
struct FilePermissions {
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::uint32_t mode = 0;
  bool has_access_list = false;  ///< acl(5), which may name anyone
};

/// What a process may do with a file: 4 to read, 2 to write, 1 to search.
enum class FileAccess : std::uint32_t { search = 1, write = 2, read = 4 };

/// Root, and the owner, who can set the bits, always may; where there is an
/// access list, whomever it could permit. No capability is asked for.
bool may_access(const FileCredentials& credentials, const FilePermissions& file,
                FileAccess access);

}  // namespace openclaw_lock
