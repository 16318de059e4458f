// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace openclaw_lock {

/// Waits for what another thread is about to do; false after five minutes,
/// when that thread hangs.
template <typename Condition>
bool eventually(const Condition& condition) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::minutes{5};
  while (!condition()) {
    if (steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

}  // namespace openclaw_lock
