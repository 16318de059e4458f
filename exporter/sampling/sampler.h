// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "exporter/sampling/problem_log.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// A thread that reads, whatever it reads.
class Sampler {
 public:
  virtual ~Sampler() = default;

  /// A first round has ended, or timed out.
  virtual bool settled() const = 0;
  virtual void request_stop() = 0;
  /// See ReaderThread::stop.
  virtual bool stop(std::chrono::milliseconds patience) = 0;
};

/// The same, with the source where it leaves what it reads.
template <typename Value>
class SamplerOf : public Sampler {
 public:
  using ReadLoop = std::function<void(Source<Value>&, const StopSignal&)>;

  SamplerOf(std::string name, SourceTiming timing, ReadLoop loop)
      : source_{std::make_shared<Source<Value>>(timing)},
        thread_{std::move(name),
                [source = source_, loop = std::move(loop)](
                    const StopSignal& stop) { loop(*source, stop); }} {}

  const Source<Value>& source() const { return *source_; }

  bool settled() const override { return source_->health().settled; }
  void request_stop() override { thread_.request_stop(); }
  bool stop(std::chrono::milliseconds patience) override {
    return thread_.stop(patience);
  }

 private:
  std::shared_ptr<Source<Value>> source_;
  ReaderThread thread_;
};

/// Rounds of `read` until the end is requested, with `rest` between them: a
/// function of how long the round took. `read` leaves what it has read in its
/// argument, and returns how that went.
template <typename Value, typename Rest, typename Read>
void sample(Source<Value>& source, ProblemLog problems, const StopSignal& stop,
            const Rest& rest, const Read& read) {
  MonotonicTime began;
  do {
    began = monotonic_now();
    source.begin_round();
    std::shared_ptr<const Value> value;
    const RoundResult result = read(value);
    problems.tell(result.problems);
    source.put(std::move(value));
    source.finish_round(result);
  } while (stop.sleep(rest(monotonic_now() - began)));
}

/// The same with a rest of one interval.
template <typename Value, typename Read>
void sample_each_interval(Source<Value>& source, ProblemLog problems,
                          std::chrono::milliseconds interval,
                          const StopSignal& stop, const Read& read) {
  const auto rest = [interval](MonotonicTime::duration) { return interval; };
  sample(source, std::move(problems), stop, rest, read);
}

/// The newest order to a thread, which looks here when it has time.
template <typename Order>
class Inbox {
 public:
  void put(Order order) {
    const std::lock_guard guard{mutex_};
    order_ = std::move(order);
  }

  /// Unless there is a newer one.
  void put_first(Order order) {
    const std::lock_guard guard{mutex_};
    if (!order_) order_ = std::move(order);
  }

  /// Empty: nothing new.
  std::optional<Order> take() {
    const std::lock_guard guard{mutex_};
    return std::exchange(order_, {});
  }

 private:
  std::mutex mutex_;
  std::optional<Order> order_;
};

}  // namespace openclaw_lock
