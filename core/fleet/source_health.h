// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/monotonic_time.h"
#include "core/base/result.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

using ProblemCounts = std::array<std::uint64_t, kFaultCount>;

inline void add_problems(const ProblemCounts& more, ProblemCounts& problems) {
  for (std::size_t i = 0; i < kFaultCount; ++i) problems[i] += more[i];
}

/// How a round of a reader ended.
struct RoundResult {
  bool success = false;  ///< everything that the round must read was read
  std::vector<Problem> problems;
};

/// How often a reader has a round, and how long one may take before it counts
/// as hanging.
struct SourceTiming {
  std::chrono::milliseconds interval{5000};
  std::chrono::milliseconds patience{10000};
};

/// What is known of the rounds of one reader.
struct SourceHistory {
  std::optional<MonotonicTime> expected_since;  ///< when it was made
  std::optional<MonotonicTime> running_since;   ///< a round is under way
  std::optional<MonotonicTime> finished_at;     ///< the last round
  std::optional<WallTime> last_success_at;
  std::optional<std::chrono::microseconds> last_duration;
  bool last_succeeded = false;
  ProblemCounts problems{};

  /// A hang that ends by it has been a timeout.
  void begin(const SourceTiming& timing, MonotonicTime now);
  void finish(const RoundResult& result, const SourceTiming& timing,
              MonotonicTime now, WallTime wall_now);
};

/// Verdict on a reader.
struct SourceHealth {
  bool up = false;       ///< the last round succeeded, and none hangs
  bool fresh = false;    ///< none hangs: its value is at most a round old
  bool settled = false;  ///< finished or timed out at least once
  std::optional<WallTime> last_success_at;
  std::optional<std::chrono::microseconds> last_duration;
  ProblemCounts problems{};  ///< a round that hangs now is a timeout already

  bool operator==(const SourceHealth&) const = default;
};

/// A reader hangs when its round takes longer than the patience, or when none
/// has begun for that long after it was due (it hangs between rounds).
SourceHealth assess_source(const SourceHistory& history,
                           const SourceTiming& timing, MonotonicTime now);

}  // namespace openclaw_lock
