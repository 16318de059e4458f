// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/wal_writers.h"

#include <algorithm>

namespace openclaw_lock {

void WalWriters::look(const std::set<WalWriter>& writers, MonotonicTime now) {
  std::erase_if(since_, [&](const auto& entry) {
    return !writers.contains(entry.first);
  });
  for (const auto& writer : writers) since_.try_emplace(writer, now);
  looked_at_ = now;
}

std::chrono::milliseconds WalWriters::held(std::uint64_t database) const {
  std::chrono::milliseconds longest{0};
  for (const auto& [writer, since] : since_)
    if (writer.database == database)
      longest = std::max(longest, std::chrono::floor<std::chrono::milliseconds>(
                                      looked_at_ - since));
  return longest;
}

}  // namespace openclaw_lock
