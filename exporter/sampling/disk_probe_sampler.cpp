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
                  std::shared_ptr<const ProbeHistogram> seen;
                  sample(
                      source, ProblemLog{"disk_probe", gateway}, stop,
                      [interval](MonotonicTime::duration took) {
                        return rest_after_probe(
                            interval,
                            std::chrono::ceil<std::chrono::microseconds>(took));
                      },
                      [&](std::shared_ptr<const ProbeHistogram>& value) {
                        const auto probe = time_synced_write(state_dir);
                        if (probe) {
                          auto grown = seen ? *seen : ProbeHistogram{};
                          grown.observe(*probe);
                          seen = std::make_shared<const ProbeHistogram>(grown);
                        }
                        value = seen;
                        return probe ? RoundResult{true, {}}
                                     : RoundResult{false, {probe.problem()}};
                      });
                }} {}

}  // namespace openclaw_lock
