// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/fleet/log_facts.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/readers/logs/log_reader.h"
#include "exporter/readers/logs/shared_places.h"
#include "exporter/sampling/inbox.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

/// Reads one gateway's logs: a round each interval, at once where there is more
/// to read.
///
/// What it shows has been stored before: an exporter that is killed goes on
/// with figures that are none below those that were scraped. Where storing
/// takes longer than the patience, they are shown all the same.
class LogTask : public SourceTask<LogFacts> {
 public:
  /// `wake`: brings the next turn; `wake_when_readable`: the same once a
  /// descriptor is readable, false where that cannot be waited for.
  LogTask(const WatchedGateway& gateway, std::shared_ptr<LogStorage> storage,
          std::shared_ptr<PatternListers> listers,
          std::shared_ptr<SharedPlaces> places,
          std::shared_ptr<ForeignEvents> foreign, Gate gate,
          std::function<void()> wake,
          std::function<bool(int)> wake_when_readable, SourceTiming timing);

  /// Its logs may be others from the next round on.
  void watch(const WatchedGateway& gateway) { orders_.put(gateway); }

  MonotonicTime run(MonotonicTime now) override;

 private:
  /// Positions on their way to the disk; shared with the storage.
  struct Commit {
    std::mutex mutex;
    bool awaited = false;  ///< by the task, which is to be woken
    bool ended = false;
    std::optional<Problem> problem;
  };
  /// A round whose facts wait for their positions.
  struct Waiting {
    std::shared_ptr<Commit> commit;
    RoundResult result;
    std::shared_ptr<const LogFacts> facts;
    MonotonicTime patient_until;
  };

  void begin();
  MonotonicTime round(MonotonicTime now);
  void store(RoundResult result, std::shared_ptr<const LogFacts> facts,
             MonotonicTime now);
  /// False: the positions are still on their way.
  bool settle(MonotonicTime now);
  void publish(const RoundResult& result,
               std::shared_ptr<const LogFacts> facts);
  MonotonicTime next_turn(MonotonicTime now) const;

  const std::string gateway_;
  const std::shared_ptr<LogStorage> storage_;
  const std::shared_ptr<PatternListers> listers_;
  const std::shared_ptr<SharedPlaces> places_;
  const std::shared_ptr<ForeignEvents> foreign_;
  const Gate gate_;
  const std::function<void()> wake_;
  const std::function<bool(int)> wake_when_readable_;
  Inbox<WatchedGateway> orders_;
  std::optional<LogReader> reader_;
  std::optional<Waiting> waiting_;
  std::shared_ptr<const LogFacts> stored_;
  bool unfinished_ = false;  ///< the last round met what did not answer
  bool asked_ = false;       ///< for a turn while its positions were stored
  std::optional<KeptIncident> first_told_;
  std::optional<MonotonicTime> first_at_;  ///< the first round, while it lasts
  MonotonicTime began_{};                  ///< the last round
  MonotonicTime earliest_{};               ///< of the next
};

}  // namespace openclaw_lock
