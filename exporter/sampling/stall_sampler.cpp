// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/stall_sampler.h"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortestRest{100};
constexpr int kRestFactor = 49;

/// Of the clock that processes' start times are on.
std::uint64_t boot_ticks() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const auto per_second = ::sysconf(_SC_CLK_TCK);
  return static_cast<std::uint64_t>(now.tv_sec * per_second +
                                    now.tv_nsec * per_second / 1'000'000'000);
}

}  // namespace

StallSampler::StallSampler(std::filesystem::path procfs, SourceTiming timing)
    : source_{std::make_shared<Source<StallReport>>(timing)},
      orders_{std::make_shared<Orders>()},
      thread_{"stalls",
              [source = source_, orders = orders_, procfs = std::move(procfs),
               timing](const StopSignal& stop) {
                StallReader reader{procfs};
                std::optional<MonotonicTime> shown_at;
                milliseconds rest{};
                do {
                  const auto began = monotonic_now();
                  source->begin_round();
                  bool due = !shown_at || began - *shown_at >= timing.interval;
                  {
                    const std::lock_guard guard{orders->mutex};
                    due = due || orders->processes;
                    if (orders->processes)
                      reader.watch(*std::move(orders->processes));
                    orders->processes.reset();
                  }
                  reader.look(began);
                  if (due) {
                    reader.read_pressures();
                    reader.read_delays(boot_ticks());
                    source->put(
                        std::make_shared<const StallReport>(reader.report()));
                    shown_at = began;
                  }
                  source->finish_round({true, {}});
                  const auto took =
                      std::chrono::ceil<milliseconds>(monotonic_now() - began);
                  rest = std::max(kShortestRest, kRestFactor * took);
                } while (stop.sleep(rest));
              }} {}

void StallSampler::watch(GatewayProcesses processes) {
  const std::lock_guard guard{orders_->mutex};
  orders_->processes = std::move(processes);
}

}  // namespace openclaw_lock
