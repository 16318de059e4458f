// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace openclaw_lock {

/// Which file it is, whatever its name.
struct LogFileId {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  auto operator<=>(const LogFileId&) const = default;
};

/// Where lines come from.
struct LogOrigin {
  /// Incidents that name a lock or database of no known gateway belong to
  /// somebody else.
  bool shared = false;
  /// Tells whether two readers have read the same; all 0: nobody else can.
  LogFileId id;
  std::string profile = {};  ///< that its name tells, see profile_of_log
};

}  // namespace openclaw_lock
