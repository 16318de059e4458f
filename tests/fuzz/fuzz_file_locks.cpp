// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/procfs/file_locks.h"

using namespace openclaw_lock;

/// A pid is positive, and a range does not end before it begins.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& lock : parse_file_locks(text)) {
    if (lock.pid <= 0 || lock.last_byte < lock.first_byte) std::abort();
    if (is_wal_write_lock(lock) &&
        (!lock.write || lock.first_byte > 120 || lock.last_byte < 120))
      std::abort();
  }
  return 0;
}
