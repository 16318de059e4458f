// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "core/base/monotonic_time.h"

namespace openclaw_lock {

/// A process that holds the WAL write lock of a database.
struct WalWriter {
  std::uint64_t database = 0;  ///< inode of the -shm file
  int pid = 0;

  auto operator<=>(const WalWriter&) const = default;
};

/// How long each WAL writer has been seen. Looks are samples: a process that
/// lets go and takes the lock again between two of them looks like one that
/// kept it, and what is shorter than the time between looks is seldom seen at
/// all.
class WalWriters {
 public:
  /// All writers of this moment.
  void look(const std::set<WalWriter>& writers, MonotonicTime now);

  /// From the first look that saw the database's present writer to the last; 0
  /// for one seen once, and where there is none.
  std::chrono::milliseconds held(std::uint64_t database) const;

 private:
  std::map<WalWriter, MonotonicTime> since_;
  MonotonicTime looked_at_{};
};

}  // namespace openclaw_lock
