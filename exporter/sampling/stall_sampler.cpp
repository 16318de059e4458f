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

/// Looks, and shows what was seen each interval and where it is to look at
/// others.
class Loop {
 public:
  Loop(const std::filesystem::path& procfs, Inbox<GatewayProcesses>& orders,
       milliseconds interval, Source<StallFacts>& source)
      : reader_{procfs},
        orders_{orders},
        interval_{interval},
        source_{source} {}

  void run(const StopSignal& stop) {
    milliseconds rest{};
    do {
      const auto began = monotonic_now();
      source_.begin_round();
      round(began);
      source_.finish_round({true, {}});
      const auto took =
          std::chrono::ceil<milliseconds>(monotonic_now() - began);
      rest = std::max(kShortestRest, kRestFactor * took);
    } while (stop.sleep(rest));
  }

 private:
  void round(MonotonicTime began) {
    bool due = !shown_at_ || began - *shown_at_ >= interval_;
    if (auto processes = orders_.take()) {
      reader_.watch(*std::move(processes));
      due = true;
    }
    reader_.look(began);
    if (!due) return;
    reader_.read_pressures();
    reader_.read_delays(boot_ticks());
    source_.put(std::make_shared<const StallFacts>(reader_.report()));
    shown_at_ = began;
  }

  StallReader reader_;
  Inbox<GatewayProcesses>& orders_;
  milliseconds interval_;
  Source<StallFacts>& source_;
  std::optional<MonotonicTime> shown_at_;
};

}  // namespace

StallSampler::StallSampler(std::filesystem::path procfs, SourceTiming timing)
    : StallSampler{std::move(procfs), timing, std::make_shared<Orders>()} {}

StallSampler::StallSampler(std::filesystem::path procfs, SourceTiming timing,
                           std::shared_ptr<Orders> orders)
    : SamplerOf{"stalls", timing,
                [procfs = std::move(procfs), orders, timing](
                    Source<StallFacts>& source, const StopSignal& stop) {
                  Loop{procfs, *orders, timing.interval, source}.run(stop);
                }},
      orders_{std::move(orders)} {}

}  // namespace openclaw_lock
