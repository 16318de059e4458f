// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/disk_probe_sampler.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "exporter/readers/disk/synced_write.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// A disk that takes longer holds up every turn of the gateway, too.
constexpr milliseconds kPatience{10000};

/// It rests longer than the interval after a slow probe, and does not hang
/// then.
SourceTiming timing_of(milliseconds interval) {
  return {std::max(interval, kLongestProbeRest), kPatience};
}

}  // namespace

DiskProbeSampler::DiskProbeSampler(const std::string& gateway,
                                   std::string state_dir, milliseconds interval)
    : SamplerOf{"disk_probe", timing_of(interval),
                [gateway, state_dir = std::move(state_dir), interval](
                    Source<ProbeHistogram>& source, const StopSignal& stop) {
                  ProblemLog problems{"disk_probe", gateway};
                  ProbeHistogram seen;
                  std::chrono::microseconds took{};
                  do {
                    source.begin_round();
                    const auto began = monotonic_now();
                    const auto probe = time_synced_write(state_dir);
                    took = std::chrono::ceil<std::chrono::microseconds>(
                        monotonic_now() - began);
                    RoundResult round{static_cast<bool>(probe), {}};
                    if (probe) {
                      seen.observe(*probe);
                      source.put(std::make_shared<const ProbeHistogram>(seen));
                    } else {
                      round.problems.push_back(probe.problem());
                    }
                    problems.tell(round.problems);
                    source.finish_round(round);
                  } while (stop.sleep(rest_after_probe(interval, took)));
                }} {}

}  // namespace openclaw_lock
