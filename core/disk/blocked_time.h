// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "core/base/monotonic_time.h"

namespace openclaw_lock {

/// Time during which something was blocked, by looks at it: each stands for the
/// span since the one before. As exact as the looks are many.
class BlockedTime {
 public:
  void observe(MonotonicTime now, bool blocked) {
    if (!total_) total_.emplace();
    if (last_ && blocked)
      *total_ +=
          std::chrono::duration_cast<std::chrono::microseconds>(now - *last_);
    last_ = now;
  }

  /// There was nothing to look at: the span up to the next look counts not.
  void pause() { last_.reset(); }

  /// Empty before the first look.
  const std::optional<std::chrono::microseconds>& total() const {
    return total_;
  }

 private:
  std::optional<MonotonicTime> last_;
  std::optional<std::chrono::microseconds> total_;
};

}  // namespace openclaw_lock
