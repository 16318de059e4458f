// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/disk_sampler.h"

#include <utility>

namespace openclaw_lock {

DiskSampler::DiskSampler(const std::string& gateway,
                         DiskReaderSettings settings, SourceTiming timing)
    : SamplerOf{
          "disk", timing,
          [gateway, settings = std::move(settings), timing](
              Source<DiskFacts>& source, const StopSignal& stop) {
            DiskReader reader{settings};
            sample_each_interval(
                source, ProblemLog{"disk", gateway}, timing.interval, stop,
                [&reader](std::shared_ptr<const DiskFacts>& report) {
                  auto result = reader.round();
                  report = std::make_shared<const DiskFacts>(reader.report());
                  return result;
                });
          }} {}

}  // namespace openclaw_lock
