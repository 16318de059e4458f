// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/fleet/lock_facts.h"
#include "exporter/readers/locks/lock_reader.h"
#include "exporter/sampling/census_task.h"
#include "exporter/sampling/inbox.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

/// Reads one gateway's locks: a round each interval, sooner where events call
/// for it, and the events in between.
///
/// A round has two turns where there are holders to judge: what is said of
/// them must be read after the locks, and the census wakes the task then.
class LockTask : public SourceTask<LockFacts> {
 public:
  /// `census`: null: holders are not judged. `wake`: brings the next turn.
  LockTask(const std::string& gateway, const std::string& home,
           LockReaderSettings settings, std::shared_ptr<CensusSource> census,
           std::shared_ptr<InotifyHub> hub, std::function<void()> wake,
           SourceTiming timing);

  /// Its extra session directories are others from the next round on.
  void watch(std::vector<std::string> session_dirs,
             std::optional<NamedSessionDirs> named_dirs = {}) {
    orders_.put({std::move(session_dirs), std::move(named_dirs)});
  }

  MonotonicTime run(MonotonicTime now) override;

 private:
  struct Order {
    std::vector<std::string> session_dirs;
    std::optional<NamedSessionDirs> named_dirs;
  };
  /// A round that waits for the census.
  struct Waiting {
    CensusSource::Ticket ticket = 0;
    MonotonicTime patient_until;
  };

  MonotonicTime read(MonotonicTime now);
  MonotonicTime judge(const ProcessTable* table);
  MonotonicTime follow(MonotonicTime now);
  MonotonicTime next_turn(MonotonicTime now) const;
  void publish();

  LockReader reader_;
  ProblemLog holder_problems_;
  std::shared_ptr<CensusSource> census_;
  std::function<void()> wake_;
  Inbox<Order> orders_;
  std::optional<Waiting> waiting_;
  bool unfinished_ = false;   ///< the last round met what did not answer
  bool asked_ = false;        ///< for a turn while it waited for the census
  MonotonicTime began_{};     ///< the last round
  MonotonicTime earliest_{};  ///< of the next round, if something asks for it
};

}  // namespace openclaw_lock
