// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_sampler.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// Between rounds that input asks for.
constexpr milliseconds kShortestRest{50};
constexpr milliseconds kStoragePatience{2000};

std::optional<LogCheckpoint> load(LogStorage& storage,
                                  const std::string& gateway) {
  auto loaded = storage.load(gateway);
  if (loaded) return *std::move(loaded);
  log::warn("cannot go on from the stored log positions; starting at the end",
            {{"gateway", gateway},
             {"file", loaded.problem().where},
             {"reason", loaded.problem().detail}});
  return {};
}

class Loop {
 public:
  Loop(const std::string& gateway, Inbox<WatchedGateway>& orders,
       LogStorage& storage, milliseconds interval, Source<LogFacts>& source)
      : reader_{gateway, load(storage, gateway)},
        gateway_{gateway},
        problems_{"logs", gateway},
        orders_{orders},
        storage_{storage},
        interval_{interval},
        source_{source},
        first_told_{reader_.report().kept.first} {}

  void run(const StopSignal& stop) {
    // The first round may take long, or hang; counters go on meanwhile.
    source_.put(std::make_shared<const LogFacts>(reader_.report()));
    while (!stop.requested()) {
      const auto began = monotonic_now();
      round();
      if (!reader_.wants_round()) wait(stop, began);
    }
    storage_.store(reader_.checkpoint(), kStoragePatience);
  }

 private:
  void round() {
    source_.begin_round();
    if (const auto gateway = orders_.take()) reader_.watch(*gateway);
    auto result = reader_.round();
    auto report = reader_.report();
    if (!stored_ || !(report == *stored_)) {
      auto problem = storage_.store(reader_.checkpoint(), kStoragePatience);
      stored_ = problem ? std::optional<LogFacts>{} : report;
      if (problem) {
        result.problems.push_back(*std::move(problem));
        result.success = false;
      }
    }
    problems_.tell(result.problems);
    tell_first(report.kept);
    source_.put(std::make_shared<const LogFacts>(std::move(report)));
    source_.finish_round(result);
  }

  /// The log may be rotated away before anybody looks for its beginning.
  void tell_first(const KeptIncidents& kept) {
    if (kept.first == first_told_ || !kept.first) return;
    first_told_ = kept.first;
    const auto& incident = kept.first->incident;
    log::warn("lock timeouts have begun",
              {{"gateway", gateway_},
               {"agent", to_label_text(incident.agent)},
               {"kind", std::string{to_string(incident.kind)}},
               {"at", to_iso8601(kept.first->at)},
               {"wait_ms",
                incident.wait ? std::to_string(incident.wait->count()) : ""}});
  }

  void wait(const StopSignal& stop, MonotonicTime began) {
    if (!stop.sleep(kShortestRest)) return;
    std::vector<pollfd> events{{stop.descriptor(), POLLIN, 0}};
    for (const int descriptor : reader_.descriptors())
      events.push_back({descriptor, POLLIN, 0});
    const auto left =
        std::chrono::ceil<milliseconds>(began + interval_ - monotonic_now());
    if (left > milliseconds{0})
      ::poll(events.data(), events.size(), static_cast<int>(left.count()));
  }

  LogReader reader_;
  std::string gateway_;
  ProblemLog problems_;
  Inbox<WatchedGateway>& orders_;
  LogStorage& storage_;
  milliseconds interval_;
  Source<LogFacts>& source_;
  std::optional<LogFacts> stored_;
  std::optional<KeptIncident> first_told_;
};

}  // namespace

LogSampler::LogSampler(const WatchedGateway& gateway,
                       std::shared_ptr<LogStorage> storage, SourceTiming timing)
    : LogSampler{gateway, std::move(storage), timing,
                 std::make_shared<Orders>()} {}

LogSampler::LogSampler(const WatchedGateway& gateway,
                       std::shared_ptr<LogStorage> storage, SourceTiming timing,
                       std::shared_ptr<Orders> orders)
    : SamplerOf{"logs", timing,
                [name = gateway.name, first = gateway,
                 storage = std::move(storage), orders,
                 timing](Source<LogFacts>& source, const StopSignal& stop) {
                  orders->put_first(first);
                  Loop{name, *orders, *storage, timing.interval, source}.run(
                      stop);
                }},
      orders_{std::move(orders)} {}

}  // namespace openclaw_lock
