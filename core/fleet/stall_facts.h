// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/disk/pressure.h"

namespace openclaw_lock {

/// How the processes that use one gateway's state directory were held up.
struct GatewayStalls {
  /// Time in which a thread of them was in uninterruptible sleep (state D);
  /// empty before any was seen.
  std::optional<std::chrono::microseconds> blocked;
  /// Of their control groups; empty where none has one.
  std::optional<Pressure> pressure;
  /// Time that their threads waited for block devices, each its own; empty
  /// where the kernel does not account it, or not that of these processes.
  std::optional<std::chrono::milliseconds> delay = {};
  /// Time that their control groups lost waiting for a processor (some); empty
  /// where none has one.
  std::optional<std::chrono::microseconds> cpu = {};
  std::optional<std::uint64_t> oom_kills = {};  ///< in their control groups

  bool operator==(const GatewayStalls&) const = default;
};

using StallFacts = std::map<std::string, GatewayStalls>;  ///< by gateway

}  // namespace openclaw_lock
