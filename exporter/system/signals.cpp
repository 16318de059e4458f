// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/signals.h"

#include <signal.h>
#include <sys/signalfd.h>

namespace openclaw_lock {
namespace {

sigset_t held_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void hold_signals() {
  const auto signals = held_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
}

UniqueFd end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return UniqueFd{::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
}

int wait_for_signal(std::chrono::milliseconds span) {
  const auto signals = held_signals();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(span);
  timespec timeout{};
  timeout.tv_sec = seconds.count();
  timeout.tv_nsec = std::chrono::nanoseconds{span - seconds}.count();
  return ::sigtimedwait(&signals, nullptr, &timeout);
}

}  // namespace openclaw_lock
