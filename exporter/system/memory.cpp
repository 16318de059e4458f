// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/memory.h"

#include <malloc.h>

namespace openclaw_lock {

void keep_memory_small() {
  constexpr int kBytes = 64 * 1024;
  ::mallopt(M_ARENA_MAX, 1);
  // Set by hand, glibc does not raise them.
  ::mallopt(M_MMAP_THRESHOLD, 2 * kBytes);
  ::mallopt(M_TRIM_THRESHOLD, kBytes);
  ::mallopt(M_TOP_PAD, kBytes / 2);
}

}  // namespace openclaw_lock
