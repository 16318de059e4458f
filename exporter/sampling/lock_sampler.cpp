// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/lock_sampler.h"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// Rounds that events ask for take at most a fifth of the thread's time.
constexpr int kRestFactor = 4;
constexpr milliseconds kShortestRest{20};

class Loop {
 public:
  Loop(const std::string& gateway, LockReaderSettings settings,
       LockReader::Census census, milliseconds interval,
       Inbox<std::vector<std::string>>& orders, Source<LockFacts>& source)
      : reader_{std::move(settings), std::move(census)},
        lock_problems_{"locks", gateway},
        holder_problems_{"processes", gateway},
        interval_{interval},
        orders_{orders},
        source_{source} {}

  void run(const StopSignal& stop) {
    while (!stop.requested()) {
      const auto began = monotonic_now();
      round();
      const auto took = monotonic_now() - began;
      const auto rest =
          std::max<MonotonicTime::duration>(kRestFactor * took, kShortestRest);
      follow_until(stop, began + took + rest, began + interval_);
    }
  }

 private:
  void round() {
    source_.begin_round();
    if (auto session_dirs = orders_.take())
      reader_.watch(*std::move(session_dirs));
    const auto result = reader_.round();
    lock_problems_.tell(result.problems);
    holder_problems_.tell(reader_.holder_problems());
    publish();
    source_.finish_round(result);
  }

  void publish() {
    source_.put(std::make_shared<const LockFacts>(reader_.report()));
  }

  /// Follows events until the next round is due: at `latest`, or from
  /// `earliest` on when something asks for one.
  void follow_until(const StopSignal& stop, MonotonicTime earliest,
                    MonotonicTime latest) {
    for (;;) {
      const auto now = monotonic_now();
      const bool wanted = reader_.wants_round(wall_time_now());
      if (stop.requested() || now >= latest || (wanted && now >= earliest))
        return;
      wait(stop, (wanted ? std::min(earliest, latest) : latest) - now, wanted);
    }
  }

  void wait(const StopSignal& stop, MonotonicTime::duration span, bool wanted) {
    auto timeout = std::chrono::ceil<milliseconds>(span);
    // The round that is wanted does what a deadline is for.
    if (const auto deadline = reader_.next_deadline(); deadline && !wanted) {
      const auto left = *deadline - wall_time_now();
      timeout = std::min(timeout, std::max(left, milliseconds{1}));
    }
    pollfd events[] = {{stop.descriptor(), POLLIN, 0},
                       {reader_.descriptor(), POLLIN, 0}};
    const int ready = ::poll(events, 2, static_cast<int>(timeout.count()));
    if (ready > 0 && (events[1].revents & POLLIN) == 0) return;
    reader_.follow();
    publish_totals();
  }

  void publish_totals() {
    if (const auto latest = source_.latest();
        latest && latest->totals == reader_.report().totals &&
        latest->watch_lost == reader_.report().watch_lost)
      return;
    publish();
  }

  LockReader reader_;
  ProblemLog lock_problems_;
  ProblemLog holder_problems_;
  milliseconds interval_;
  Inbox<std::vector<std::string>>& orders_;
  Source<LockFacts>& source_;
};

}  // namespace

LockSampler::LockSampler(const std::string& gateway,
                         LockReaderSettings settings, LockReader::Census census,
                         SourceTiming timing)
    : LockSampler{gateway, std::move(settings), std::move(census), timing,
                  std::make_shared<Orders>()} {}

LockSampler::LockSampler(const std::string& gateway,
                         LockReaderSettings settings, LockReader::Census census,
                         SourceTiming timing, std::shared_ptr<Orders> orders)
    : SamplerOf{"locks", timing,
                [gateway, settings = std::move(settings),
                 census = std::move(census), timing,
                 orders](Source<LockFacts>& source, const StopSignal& stop) {
                  Loop{gateway,         settings, census,
                       timing.interval, *orders,  source}
                      .run(stop);
                }},
      orders_{std::move(orders)} {}

}  // namespace openclaw_lock
