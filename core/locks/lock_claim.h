// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/result.h"
#include "core/base/wall_time.h"

namespace openclaw_lock {

/// The longest lock that is read; OpenClaw writes below 600 bytes.
inline constexpr std::size_t kMaxLockBytes = 4096;

/// What a lock says of its holder. Fields that are missing or of the wrong
/// type are empty, as OpenClaw itself reads them.
struct LockClaim {
  /// `pid`, 1 to 2^31-1, in the writer's own PID namespace.
  std::optional<int> pid;
  /// `createdAt` (see parse_javascript_date), or `startedAt` (ms after the
  /// epoch) of the store lock up to 2026.2.12.
  std::optional<WallTime> created_at;
  /// `starttime`, 2026.3.2 on: /proc/PID/stat field 22 as the writer sees it.
  std::optional<std::uint64_t> start_ticks;
  /// `maxHoldMs`, 2026.5.22 on: the holder's own limit, above 0.
  std::optional<std::chrono::milliseconds> max_hold;
  /// `createdAt` names no zone: `created_at` is what the clock of the writer's
  /// zone showed. No OpenClaw writes that.
  bool created_in_local_time = false;

  bool operator==(const LockClaim&) const = default;
};

/// Reads the JSON body of a lock (OpenClaw 2026.1.29 to 2026.7.35; `openclaw`
/// package, src/agents/session-write-lock.ts) as its JSON.parse does (see
/// as_javascript_reads). White space around it is accepted. Malformed is only
/// what is not a JSON object, is nested deeper than 16 levels or is longer than
/// kMaxLockBytes (too_big); an empty body is malformed too, and normal while
/// the holder is writing.
Result<LockClaim> parse_lock_claim(std::string_view body);

}  // namespace openclaw_lock
