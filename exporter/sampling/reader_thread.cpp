// SPDX-License-Identifier: Apache-2.0
#include "exporter/sampling/reader_thread.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <system_error>

#include "exporter/system/log.h"

namespace openclaw_lock {

StopSignal::StopSignal() : event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!event_)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

void StopSignal::request() {
  requested_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

bool StopSignal::sleep(std::chrono::milliseconds span) const {
  pollfd event{event_.get(), POLLIN, 0};
  if (!requested_) ::poll(&event, 1, static_cast<int>(span.count()));
  return !requested_;
}

ReaderThread::ReaderThread(std::string name, Loop loop)
    : state_{std::make_shared<State>()} {
  state_->name = std::move(name);
  auto thread = start_thread(
      state_->name,
      [state = state_, loop = std::move(loop)] { run(state, loop); });
  if (!thread)
    throw std::runtime_error{thread.problem().where + ": " +
                             thread.problem().detail};
  thread_ = *std::move(thread);
}

void ReaderThread::run(const std::shared_ptr<State>& state, const Loop& loop) {
  try {
    loop(state->signal);
  } catch (const std::exception& error) {
    log::error("a reader ended by an error",
               {{"reader", state->name}, {"error", error.what()}});
  } catch (...) {
    log::error("a reader ended by an error", {{"reader", state->name}});
  }
  const std::lock_guard guard{state->mutex};
  state->ended = true;
  state->changed.notify_all();
}

ReaderThread::~ReaderThread() {
  if (thread_.joinable()) stop(std::chrono::milliseconds{100});
}

void ReaderThread::request_stop() { state_->signal.request(); }

bool ReaderThread::ended() const {
  const std::lock_guard guard{state_->mutex};
  return state_->ended;
}

bool ReaderThread::stop(std::chrono::milliseconds patience) {
  request_stop();
  std::unique_lock lock{state_->mutex};
  const bool ended = state_->changed.wait_for(lock, patience,
                                              [this] { return state_->ended; });
  lock.unlock();
  if (!thread_.joinable()) return ended;
  if (ended)
    thread_.join();
  else
    thread_.detach();
  return ended;
}

}  // namespace openclaw_lock
