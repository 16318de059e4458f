// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/procfs/process_table.h"
#include "exporter/readers/processes/census.h"
#include "exporter/readers/processes/process_reader.h"
#include "exporter/sampling/problem_log.h"
#include "exporter/sampling/source.h"
#include "exporter/sampling/task.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// What the census last found, and who waits for the next. Thread-safe.
class CensusSource {
 public:
  /// Number of the first walk that began after a request.
  using Ticket = std::uint64_t;

  explicit CensusSource(SourceTiming timing_)
      : timing{timing_}, source_{timing_} {}

  /// Asks for a walk; `done` is called when it has ended, however it ended, and
  /// must not block.
  Ticket request(std::function<void()> done);

  /// The table of that walk or a later one; null: there is none yet, or it
  /// failed.
  std::shared_ptr<const ProcessTable> since(Ticket ticket) const;

  /// What was last known of OpenClaw's processes; null before the first look.
  std::shared_ptr<const ProcessFacts> facts() const;

  const Source<ProcessTable>& source() const { return source_; }

  /// Brings the next turn of the task that walks.
  void set_waker(std::function<void()> wake);

  // For the task that walks:
  bool is_asked() const;
  /// Somebody had asked when the walk under way began.
  bool is_awaited() const;
  /// Number of the walk that begins. Walks that began before and did not end
  /// have been given up.
  std::uint64_t begin();
  void finish(std::uint64_t walk, std::shared_ptr<const ProcessTable> table,
              const RoundResult& result);
  void put(std::uint64_t walk, std::shared_ptr<const ProcessFacts> facts);

  const SourceTiming timing;

 private:
  Source<ProcessTable> source_;
  mutable std::mutex mutex_;
  std::function<void()> wake_ = [] {};
  std::vector<std::function<void()>> asked_;
  std::vector<std::function<void()>> served_;  ///< by the walk under way
  std::uint64_t begun_ = 0;
  std::uint64_t finished_ = 0;
  std::shared_ptr<const ProcessFacts> facts_;
};

/// Looks at all processes each interval, and earlier when somebody asks: what
/// is said of a lock's holder must be read after the lock. One walk serves all
/// who have asked meanwhile; walks take at most a tenth of one core's time.
class CensusTask : public Task {
 public:
  CensusTask(CensusSettings settings, Gate gate,
             std::shared_ptr<CensusSource> source,
             std::set<int> avoided_pids = {});

  std::string name() const override { return "processes"; }
  /// A successor is to be done before what the last round knew is two
  /// intervals old.
  std::chrono::milliseconds patience() const override {
    using std::chrono::milliseconds;
    return std::clamp(source_->timing.interval * 3 / 4, milliseconds{1000},
                      milliseconds{5000});
  }
  MonotonicTime run(MonotonicTime now) override;
  std::shared_ptr<Task> successor() const override;

 private:
  void walk(MonotonicTime now);

  const CensusSettings settings_;
  const Gate gate_;
  const std::shared_ptr<CensusSource> source_;
  const std::set<int> avoided_pids_;  ///< looks at them have hung
  ProcessReader reader_;
  Census census_;
  ProblemLog problems_{"processes"};
  ProblemLog look_problems_{"processes"};
  std::optional<MonotonicTime> began_;
  bool unfinished_ = false;   ///< the last walk met what did not answer
  MonotonicTime earliest_{};  ///< of the next walk
};

}  // namespace openclaw_lock
