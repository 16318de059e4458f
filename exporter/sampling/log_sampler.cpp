// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/log_sampler.h"

#include <poll.h>

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "exporter/log.h"
#include "exporter/sampling/problem_log.h"

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

}  // namespace

class LogSamplerLoop {
 public:
  LogSamplerLoop(const std::string& gateway, LogSampler::Orders& orders,
                 LogStorage& storage, milliseconds interval,
                 Source<LogReport>& source)
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
    source_.put(std::make_shared<const LogReport>(reader_.report()));
    while (!stop.requested()) {
      const auto began = monotonic_now();
      round();
      if (!reader_.wants_round()) wait(stop, began);
    }
    storage_.store(reader_.checkpoint(), kStoragePatience);
  }

 private:
  void take_orders() {
    const std::lock_guard guard{orders_.mutex};
    if (orders_.gateway) reader_.watch(*orders_.gateway);
    orders_.gateway.reset();
  }

  void round() {
    source_.begin_round();
    take_orders();
    auto result = reader_.round();
    auto report = reader_.report();
    if (!stored_ || !(report == *stored_)) {
      auto problem = storage_.store(reader_.checkpoint(), kStoragePatience);
      stored_ = problem ? std::optional<LogReport>{} : report;
      if (problem) {
        result.problems.push_back(*std::move(problem));
        result.success = false;
      }
    }
    problems_.tell(result.problems);
    tell_first(report.kept);
    source_.put(std::make_shared<const LogReport>(std::move(report)));
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
  LogSampler::Orders& orders_;
  LogStorage& storage_;
  milliseconds interval_;
  Source<LogReport>& source_;
  std::optional<LogReport> stored_;
  std::optional<KeptIncident> first_told_;
};

LogSampler::LogSampler(const WatchedGateway& gateway,
                       std::shared_ptr<LogStorage> storage, SourceTiming timing)
    : source_{std::make_shared<Source<LogReport>>(timing)},
      orders_{std::make_shared<Orders>()},
      thread_{"logs", [source = source_, orders = orders_, name = gateway.name,
                       first = gateway, storage = std::move(storage),
                       timing](const StopSignal& stop) {
                {
                  const std::lock_guard guard{orders->mutex};
                  if (!orders->gateway) orders->gateway = first;
                }
                LogSamplerLoop{name, *orders, *storage, timing.interval,
                               *source}
                    .run(stop);
              }} {}

void LogSampler::watch(const WatchedGateway& gateway) {
  const std::lock_guard guard{orders_->mutex};
  orders_->gateway = gateway;
}

}  // namespace openclaw_lock
