// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

/// Files that are followed as logs.
struct FollowedSource {
  std::string pattern;  ///< absolute path or glob (glob_capture.h)
  bool shared = false;  ///< may hold records of other gateways

  bool operator==(const FollowedSource&) const = default;
};

/// Which file it is, whatever its name.
struct LogFileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  auto operator<=>(const LogFileId&) const = default;
};

/// A log as a listing found it.
struct ListedLog {
  std::string path;
  LogFileId id;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::size_t source = 0;   ///< number of the source
  bool is_rotated = false;  ///< a rotated piece by its name
};

/// What there is of some sources.
struct LogListing {
  std::vector<ListedLog> files;  ///< each file once; rotated pieces last
  /// By source: directories and files that could not be looked at.
  std::vector<std::set<std::string>> unseen;
};

/// Finds the regular files that the sources' patterns match, and the rotated
/// pieces of such files (rotated_name.h). `owner`, if known: in shared sources
/// files of others are left out. At most `max_files`, those written last;
/// compressed files never.
LogListing list_logs(const std::vector<FollowedSource>& sources,
                     std::optional<uid_t> owner, std::size_t max_files,
                     std::vector<Problem>& problems);

}  // namespace openclaw_lock
