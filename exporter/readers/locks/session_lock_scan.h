// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/locks/lock_ledger.h"
#include "exporter/readers/directories/directory_stamp.h"
#include "exporter/readers/locks/lock_file_reader.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {

/// What one listing of a session directory found.
struct SessionLocks {
  bool complete = false;  ///< the directory was listed to its end
  std::vector<ScannedLock> locks;
  std::uint64_t leftover_files = 0;  ///< see is_leftover; not among the locks
  std::vector<Problem> problems;
};

/// Lists the locks of one session directory again and again, and reads those
/// that are new or have changed. Other files are neither opened nor looked at.
class SessionLockScan {
 public:
  /// `sqlite_gateway_at`: see StateDirectory. At most 65536 locks; a directory
  /// with more is too_big. `followed`: events tell of each change in it; while
  /// it holds no lock and its stamp holds it is not listed again.
  SessionLocks scan(const std::string& path, bool followed,
                    const std::optional<WallTime>& sqlite_gateway_at,
                    const WallClock& clock);

 private:
  Result<LockFile> look(const UniqueFd& directory, const std::string& name);

  std::map<std::string, LockFile> known_;  ///< as last read
  DirectoryStamp stamp_;  ///< of the last listing, if it found no lock
  std::uint64_t leftover_files_ = 0;  ///< in that, by what was known then:
  std::optional<WallTime> sqlite_gateway_at_;
};

/// How many locks of a directory are read, and of a gateway remembered.
inline constexpr std::size_t kMaxLocks = 65536;

}  // namespace openclaw_lock
