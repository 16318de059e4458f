// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/process_census.h"

#include <algorithm>

#include "exporter/readers/processes/process_reader.h"
#include "exporter/sampling/problem_log.h"

namespace openclaw_lock {
namespace {

/// Of ten parts of time, one is spent on walking, unless those who ask would
/// lose patience.
constexpr int kRestFactor = 9;
constexpr int kPatienceParts = 4;

}  // namespace

ProcessCensus::ProcessCensus(std::filesystem::path procfs, SourceTiming timing)
    : state_{std::make_shared<State>(timing)},
      thread_{"processes",
              [state = state_, procfs = std::move(procfs),
               timing](const StopSignal&) { loop(*state, procfs, timing); }} {}

ProcessCensus::~ProcessCensus() { request_stop(); }

void ProcessCensus::request_stop() {
  {
    const std::lock_guard guard{state_->mutex};
    state_->stopped = true;
  }
  state_->changed.notify_all();
  thread_.request_stop();
}

bool ProcessCensus::stop(std::chrono::milliseconds patience) {
  request_stop();
  return thread_.stop(patience);
}

void ProcessCensus::loop(State& state, const std::filesystem::path& procfs,
                         SourceTiming timing) {
  ProcessReader reader{procfs};
  ProblemLog problems{"processes"};
  std::unique_lock lock{state.mutex};
  while (!state.stopped) {
    const auto began = monotonic_now();
    ++state.begun;
    lock.unlock();
    state.source.begin_round();
    auto table = std::make_shared<ProcessTable>();
    const auto result = reader.read(*table, wall_time_now());
    problems.tell(result.problems);
    if (result.success) state.source.put(std::move(table));
    state.source.finish_round(result);
    const auto walked = monotonic_now() - began;
    lock.lock();
    state.finished = state.begun;
    state.changed.notify_all();
    const auto rest = std::min<MonotonicTime::duration>(
        walked * kRestFactor, timing.patience / kPatienceParts);
    state.changed.wait_for(lock, rest, [&] { return state.stopped; });
    state.changed.wait_until(lock, began + timing.interval, [&] {
      return state.stopped || state.asked > state.begun;
    });
  }
}

std::shared_ptr<const ProcessTable> ProcessCensus::next(
    std::chrono::milliseconds patience) {
  std::unique_lock lock{state_->mutex};
  const auto wanted = state_->begun + 1;
  state_->asked = std::max(state_->asked, wanted);
  state_->changed.notify_all();
  state_->changed.wait_for(lock, patience, [&] {
    return state_->stopped || state_->finished >= wanted;
  });
  const bool walked = state_->finished >= wanted;
  lock.unlock();
  if (!walked || !source().health().up) return nullptr;
  return source().latest();
}

}  // namespace openclaw_lock
