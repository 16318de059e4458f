// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/start_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "core/base/text.h"
#include "exporter/system/signals.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxNameBytes = 4096;

}  // namespace

StartWatch::StartWatch(milliseconds patience)
    : patience_{patience},
      signals_{end_signals()},
      woken_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (!signals_ || !woken_) return;
  auto thread = start_thread("start watch", [this] { watch(); });
  if (thread) thread_ = *std::move(thread);
}

void StartWatch::step(std::string what) {
  {
    const std::lock_guard guard{mutex_};
    what_ = std::move(what);
    until_ = std::chrono::steady_clock::now() + patience_;
  }
  wake();
}

void StartWatch::rest() {
  const std::lock_guard guard{mutex_};
  until_ = Time::max();
}

void StartWatch::end() {
  {
    const std::lock_guard guard{mutex_};
    ended_ = true;
  }
  wake();
  thread_.join();
}

void StartWatch::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(woken_.get(), &one, sizeof one);
}

int StartWatch::left() const {
  const std::lock_guard guard{mutex_};
  if (until_ == Time::max()) return -1;
  const auto span = std::chrono::ceil<milliseconds>(
      until_ - std::chrono::steady_clock::now());
  return span.count() > 0 ? static_cast<int>(span.count()) : 0;
}

void StartWatch::watch() {
  std::array<pollfd, 2> events{pollfd{signals_.get(), POLLIN, 0},
                               pollfd{woken_.get(), POLLIN, 0}};
  for (;;) {
    ::poll(events.data(), events.size(), left());
    if (events[0].revents != 0) ::_exit(0);
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got =
        ::read(woken_.get(), &count, sizeof count);
    {
      const std::lock_guard guard{mutex_};
      if (ended_) return;
    }
    if (left() == 0) give_up();
  }
}

void StartWatch::give_up() const {
  const std::lock_guard guard{mutex_};
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(patience_);
  const auto line =
      "openclaw-lock-exporter: " + to_label_text(what_, kMaxNameBytes) +
      ": does not answer within " + std::to_string(seconds.count()) + " s\n";
  [[maybe_unused]] const auto written =
      ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(1);
}

}  // namespace openclaw_lock
