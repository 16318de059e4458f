// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/wal_locks.h"

#include "exporter/system/file.h"

namespace openclaw_lock {

std::shared_ptr<const WalLocks> read_wal_locks(
    const std::filesystem::path& procfs) {
  constexpr std::size_t kMaxLocksText = 16 << 20;
  const auto text = read_small_file(procfs / "locks", kMaxLocksText);
  if (!text) return {};
  auto locks = std::make_shared<WalLocks>();
  for (const auto& lock : parse_file_locks(*text))
    if (is_wal_write_lock(lock)) locks->emplace(lock.inode, lock);
  return locks;
}

}  // namespace openclaw_lock
