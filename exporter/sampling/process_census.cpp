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

ProcessCensus::ProcessCensus(std::filesystem::path procfs, SourceTiming timing,
                             std::filesystem::path rootfs)
    : state_{std::make_shared<State>(timing)},
      thread_{"processes",
              [state = state_,
               settings = CensusSettings{std::move(procfs), std::move(rootfs)},
               timing](const StopSignal&) { loop(*state, settings, timing); }} {
}

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

void ProcessCensus::loop(State& state, const CensusSettings& settings,
                         SourceTiming timing) {
  ProcessReader reader{settings.procfs};
  Census census{settings};
  ProblemLog looks{"processes"};
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
    if (result.success) state.source.put(table);
    state.source.finish_round(result);
    lock.lock();
    state.finished = state.begun;
    state.changed.notify_all();
    if (result.success) {
      lock.unlock();
      looks.tell(census.round(table, began, always_open).problems);
      reader.follow(census.openclaw_pids());
      lock.lock();
      state.facts = census.facts();
      state.looked = state.begun;
      state.changed.notify_all();
    }
    const auto walked = monotonic_now() - began;
    const auto rest = std::min<MonotonicTime::duration>(
        walked * kRestFactor, timing.patience / kPatienceParts);
    state.changed.wait_for(lock, rest, [&] { return state.stopped; });
    state.changed.wait_until(lock, began + timing.interval, [&] {
      return state.stopped || state.asked > state.begun;
    });
  }
}

bool ProcessCensus::wait_for(const std::uint64_t& done,
                             std::chrono::milliseconds patience,
                             std::unique_lock<std::mutex>& lock) {
  const auto wanted = state_->begun + 1;
  state_->asked = std::max(state_->asked, wanted);
  state_->changed.notify_all();
  state_->changed.wait_for(
      lock, patience, [&] { return state_->stopped || done >= wanted; });
  return done >= wanted;
}

std::shared_ptr<const ProcessTable> ProcessCensus::next(
    std::chrono::milliseconds patience) {
  std::unique_lock lock{state_->mutex};
  const bool walked = wait_for(state_->finished, patience, lock);
  lock.unlock();
  if (!walked || !source().health().up) return nullptr;
  return source().latest();
}

std::shared_ptr<const ProcessFacts> ProcessCensus::next_facts(
    std::chrono::milliseconds patience) {
  std::unique_lock lock{state_->mutex};
  return wait_for(state_->looked, patience, lock) ? state_->facts : nullptr;
}

std::shared_ptr<const ProcessFacts> ProcessCensus::facts() const {
  const std::lock_guard guard{state_->mutex};
  return state_->facts;
}

}  // namespace openclaw_lock
