// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "exporter/sampling/problem_log.h"
#include "exporter/sampling/source.h"
#include "exporter/sampling/task.h"

namespace openclaw_lock {

/// A task that leaves what it reads in a source, and tells its problems.
template <typename Value>
class SourceTask : public Task {
 public:
  /// `source`: label of its problems; `gateway`: empty for the whole host;
  /// `home`: see Task::home().
  SourceTask(std::string source, std::string gateway, std::string home,
             SourceTiming timing)
      : timing_{timing},
        source_{timing},
        problems_{source, gateway},
        name_{gateway.empty() ? source : source + " of " + gateway},
        home_{std::move(home)} {}

  const Source<Value>& source() const { return source_; }

  std::string name() const override { return name_; }
  std::string home() const override {
    const std::lock_guard guard{home_mutex_};
    return home_;
  }
  /// From the next turn on.
  void move_home(std::string home) {
    const std::lock_guard guard{home_mutex_};
    home_ = std::move(home);
  }
  std::chrono::milliseconds patience() const override {
    return timing_.patience;
  }

 protected:
  /// Ends a round that source_.begin_round() began.
  void finish(const RoundResult& result) {
    problems_.tell(result.problems);
    source_.finish_round(result);
  }

  const SourceTiming timing_;
  Source<Value> source_;
  ProblemLog problems_;

 private:
  const std::string name_;
  mutable std::mutex home_mutex_;
  std::string home_;
};

/// One round each interval.
template <typename Value>
class RoundTask : public SourceTask<Value> {
 public:
  /// Leaves what it has read in its argument; null: nothing is known.
  using Read = std::function<RoundResult(std::shared_ptr<const Value>&)>;

  RoundTask(std::string source, std::string gateway, std::string home,
            SourceTiming timing, Read read)
      : SourceTask<Value>{std::move(source), std::move(gateway),
                          std::move(home), timing},
        read_{std::move(read)} {}

  MonotonicTime run(MonotonicTime now) override {
    this->source_.begin_round();
    std::shared_ptr<const Value> value;
    const auto result = read_(value);
    this->source_.put(std::move(value));
    this->finish(result);
    return now + this->timing_.interval;
  }

 private:
  Read read_;
};

}  // namespace openclaw_lock
