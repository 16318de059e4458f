// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/engine/worker_pool.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "exporter/system/log.h"
#include "exporter/system/thread.h"

namespace openclaw_lock {
namespace {

void run(const WorkerPool::Task& task) {
  try {
    task();
  } catch (const std::exception& error) {
    log::error("a request was given up", {{"reason", error.what()}});
  } catch (...) {
    log::error("a request was given up");
  }
}

}  // namespace

WorkerPool::WorkerPool(std::size_t most, std::chrono::milliseconds idle)
    : most_{std::max<std::size_t>(most, 1)}, state_{std::make_shared<State>()} {
  state_->idle_time = idle;
}

Result<std::unique_ptr<WorkerPool>> WorkerPool::start(
    std::size_t most, std::chrono::milliseconds idle) {
  std::unique_ptr<WorkerPool> pool{new WorkerPool{most, idle}};
  const std::unique_lock lock{pool->state_->mutex};
  if (auto problem = pool->add_worker()) return *std::move(problem);
  return pool;
}

WorkerPool::~WorkerPool() {
  std::unique_lock lock{state_->mutex};
  state_->stopped = true;
  state_->offered.notify_all();
  state_->left.wait(lock, [this] { return state_->workers == 0; });
}

std::optional<Problem> WorkerPool::add_worker() {
  auto thread = start_thread("http-worker", [state = state_] { work(*state); });
  if (!thread) return thread.problem();
  thread->detach();
  ++state_->workers;
  return {};
}

bool WorkerPool::offer(Task task) {
  const std::lock_guard guard{state_->mutex};
  if (state_->workers <= state_->busy + state_->tasks.size() &&
      (state_->workers >= most_ || add_worker()))
    return false;
  state_->tasks.push_back(std::move(task));
  state_->offered.notify_one();
  return true;
}

std::size_t WorkerPool::workers() const {
  const std::lock_guard guard{state_->mutex};
  return state_->workers;
}

std::size_t WorkerPool::idle() const {
  const std::lock_guard guard{state_->mutex};
  const auto taken = state_->busy + state_->tasks.size();
  return state_->workers - std::min(state_->workers, taken);
}

/// The last one stays, and sleeps until there is something to do.
bool WorkerPool::wait_for_task(State& state,
                               std::unique_lock<std::mutex>& lock) {
  const auto woken = [&state] { return state.stopped || !state.tasks.empty(); };
  while (!woken()) {
    if (state.workers == 1)
      state.offered.wait(lock, woken);
    else if (!state.offered.wait_for(lock, state.idle_time, woken) &&
             state.workers > 1)
      break;
  }
  return !state.tasks.empty();
}

void WorkerPool::work(State& state) {
  std::unique_lock lock{state.mutex};
  while (wait_for_task(state, lock)) {
    const auto task = std::exchange(state.tasks.front(), {});
    state.tasks.pop_front();
    ++state.busy;
    lock.unlock();
    run(task);
    lock.lock();
    --state.busy;
  }
  --state.workers;
  state.left.notify_all();
}

}  // namespace openclaw_lock
