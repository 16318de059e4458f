// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk_probe/probe_task.h"

#include <algorithm>
#include <utility>

#include "exporter/readers/disk_probe/synced_write.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// A disk that takes longer holds up every turn of the gateway, too.
constexpr milliseconds kPatience{10000};

}  // namespace

// It rests longer than the interval after a slow probe, and does not hang then.
ProbeTask::ProbeTask(const std::string& gateway, const std::string& home,
                     std::string state_dir, milliseconds interval)
    : SourceTask{"disk_probe",
                 gateway,
                 home,
                 {std::max(interval, kLongestProbeRest), kPatience}},
      state_dir_{std::move(state_dir)},
      interval_{interval} {}

MonotonicTime ProbeTask::run(MonotonicTime now) {
  source_.begin_round();
  const auto probe = time_synced_write(state_dir_);
  if (probe) {
    seen_.observe(*probe);
    source_.put(std::make_shared<const ProbeHistogram>(seen_));
  }
  finish(probe ? RoundResult{true, {}} : RoundResult{false, {probe.problem()}});
  const auto ended = monotonic_now();
  return ended + rest_after_probe(
                     interval_,
                     std::chrono::ceil<std::chrono::microseconds>(ended - now));
}

}  // namespace openclaw_lock
