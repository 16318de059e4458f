// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/errand_thread.h"

#include <exception>
#include <stdexcept>

#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

std::optional<std::chrono::milliseconds> go_round(
    const ErrandThread::Round& round) {
  constexpr std::chrono::milliseconds kAfterError{1000};
  try {
    return round();
  } catch (const std::exception& error) {
    log::error("a round failed", {{"reason", error.what()}});
  } catch (...) {
    log::error("a round failed");
  }
  return kAfterError;
}

}  // namespace

ErrandThread::ErrandThread(const std::string& name, Round round)
    : round_{std::move(round)} {
  auto thread = start_thread(name, [this] { loop(); });
  if (!thread)
    throw std::runtime_error{thread.problem().where + ": " +
                             thread.problem().detail};
  thread_ = *std::move(thread);
}

ErrandThread::~ErrandThread() {
  {
    const std::lock_guard guard{mutex_};
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ErrandThread::put(std::function<void()> errand) {
  const std::lock_guard guard{mutex_};
  errands_.push_back(std::move(errand));
  changed_.notify_all();
}

/// False: the end.
bool ErrandThread::wait_for_errand(std::unique_lock<std::mutex>& lock) {
  const auto woken = [this] { return ended_ || !errands_.empty(); };
  while (round_ && !woken()) {
    lock.unlock();
    const auto span = go_round(round_);
    lock.lock();
    if (!span || changed_.wait_for(lock, *span, woken)) break;
  }
  changed_.wait(lock, woken);
  return !errands_.empty();
}

void ErrandThread::loop() {
  std::unique_lock lock{mutex_};
  while (wait_for_errand(lock)) {
    const auto errand = std::move(errands_.front());
    errands_.pop_front();
    lock.unlock();
    errand();
    lock.lock();
  }
}

}  // namespace openclaw_lock
