// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/locks/lock_claim.h"
#include "core/locks/lock_ledger.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// A lock file as it is at one moment.
struct LockFile {
  FileIdentity identity;
  WallTime modified_at{};
  std::int64_t size = 0;                  ///< bytes
  Result<LockClaim> claim = LockClaim{};  ///< or why it says nothing
};

/// Looks at a file without opening it: identity, mtime, size. Only regular
/// files are locks; a directory, FIFO, link or device of that name is
/// malformed. The problem's `where` is left empty.
Result<LockFile> stat_lock_file(const UniqueFd& directory,
                                const std::string& name);

/// The same with the claim read: O_NOFOLLOW, O_NONBLOCK, at most 4 KiB. A
/// createdAt without a zone counts as of ours.
Result<LockFile> read_lock_file(const UniqueFd& directory,
                                const std::string& name);

/// The text of a lock, read as carefully: at most 4 KiB of a regular file.
Result<std::string> read_lock_text(const UniqueFd& directory,
                                   const std::string& name);

}  // namespace openclaw_lock
