// SPDX-License-Identifier: Apache-2.0
#include "core/fleet/source_health.h"

namespace openclaw_lock {
namespace {

constexpr auto kTimeout = static_cast<std::size_t>(Fault::timeout);

std::chrono::microseconds span(MonotonicTime from, MonotonicTime to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

bool hangs(const SourceHistory& history, const SourceTiming& timing,
           MonotonicTime now) {
  if (history.running_since)
    return span(*history.running_since, now) > timing.patience;
  const auto since =
      history.finished_at ? history.finished_at : history.expected_since;
  return since && span(*since, now) > timing.interval + timing.patience;
}

}  // namespace

void SourceHistory::begin(const SourceTiming& timing, MonotonicTime now) {
  if (hangs(*this, timing, now)) ++problems[kTimeout];
  running_since = now;
}

void SourceHistory::finish(const RoundResult& result,
                           const SourceTiming& timing, MonotonicTime now,
                           WallTime wall_now) {
  if (running_since) {
    last_duration = span(*running_since, now);
    if (*last_duration > timing.patience) ++problems[kTimeout];
  }
  running_since.reset();
  finished_at = now;
  last_succeeded = result.success;
  if (result.success) last_success_at = wall_now;
  for (const auto& problem : result.problems)
    ++problems[static_cast<std::size_t>(problem.fault)];
}

SourceHealth assess_source(const SourceHistory& history,
                           const SourceTiming& timing, MonotonicTime now) {
  const bool hung = hangs(history, timing, now);
  SourceHealth health;
  health.up = history.last_succeeded && !hung;
  health.fresh = history.finished_at.has_value() && !hung;
  health.settled = history.finished_at.has_value() || hung;
  health.last_success_at = history.last_success_at;
  health.last_duration = history.last_duration;
  health.problems = history.problems;
  if (hung) ++health.problems[kTimeout];
  return health;
}

}  // namespace openclaw_lock
