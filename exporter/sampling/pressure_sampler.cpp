// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/pressure_sampler.h"

#include <utility>

#include "exporter/readers/disk/pressure_reader.h"

namespace openclaw_lock {
namespace {

RoundResult read_round(const std::filesystem::path& file,
                       std::shared_ptr<const Pressure>& value) {
  const auto pressure = read_pressure(file);
  if (pressure) value = std::make_shared<const Pressure>(*pressure);
  if (pressure || pressure.problem().fault == Fault::missing) return {true, {}};
  return {false, {pressure.problem()}};
}

}  // namespace

PressureSampler::PressureSampler(std::filesystem::path file,
                                 SourceTiming timing)
    : SamplerOf{"pressure", timing,
                [file = std::move(file), timing](Source<Pressure>& source,
                                                 const StopSignal& stop) {
                  sample_each_interval(
                      source, ProblemLog{"disk"}, timing.interval, stop,
                      [&file](std::shared_ptr<const Pressure>& value) {
                        return read_round(file, value);
                      });
                }} {}

}  // namespace openclaw_lock
