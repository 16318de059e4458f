// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/pressure_sampler.h"

#include <utility>

#include "exporter/readers/disk/pressure_reader.h"
#include "exporter/sampling/problem_log.h"

namespace openclaw_lock {

PressureSampler::PressureSampler(std::filesystem::path file,
                                 SourceTiming timing)
    : source_{std::make_shared<Source<Pressure>>(timing)},
      thread_{"pressure", [source = source_, file = std::move(file),
                           timing](const StopSignal& stop) {
                ProblemLog problems{"disk"};
                do {
                  source->begin_round();
                  const auto pressure = read_pressure(file);
                  RoundResult result{true, {}};
                  if (!pressure && pressure.problem().fault != Fault::missing)
                    result = {false, {pressure.problem()}};
                  problems.tell(result.problems);
                  source->put(pressure
                                  ? std::make_shared<const Pressure>(*pressure)
                                  : nullptr);
                  source->finish_round(result);
                } while (stop.sleep(timing.interval));
              }} {}

}  // namespace openclaw_lock
