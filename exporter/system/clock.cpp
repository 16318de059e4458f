// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/clock.h"

namespace openclaw_lock {

WallTime wall_time_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now());
}

MonotonicTime monotonic_now() { return std::chrono::steady_clock::now(); }

}  // namespace openclaw_lock
