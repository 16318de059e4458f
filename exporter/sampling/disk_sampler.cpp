// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/disk_sampler.h"

#include <utility>

#include "exporter/sampling/problem_log.h"

namespace openclaw_lock {

DiskSampler::DiskSampler(const std::string& gateway,
                         DiskReaderSettings settings, SourceTiming timing)
    : source_{std::make_shared<Source<DiskReport>>(timing)},
      thread_{
          "disk", [source = source_, gateway, settings = std::move(settings),
                   timing](const StopSignal& stop) {
            DiskReader reader{settings};
            ProblemLog problems{"disk", gateway};
            do {
              source->begin_round();
              const auto result = reader.round();
              problems.tell(result.problems);
              source->put(std::make_shared<const DiskReport>(reader.report()));
              source->finish_round(result);
            } while (stop.sleep(timing.interval));
          }} {}

}  // namespace openclaw_lock
