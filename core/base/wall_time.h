// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// The one type for instants: UTC, to the millisecond. core/ never asks for
/// the present one; it is an argument.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Seconds as metrics carry them.
constexpr double to_seconds(std::chrono::milliseconds span) {
  return static_cast<double>(span.count()) / 1000.0;
}

/// An instant given in µs after the epoch, cut to the millisecond; empty after
/// the year 9999.
std::optional<WallTime> from_epoch_microseconds(std::uint64_t count);

/// Reads `2026-11-20T23:10:02.836Z` or the same with an offset `+02:00`, as
/// OpenClaw writes `createdAt` (JavaScript Date.toISOString) and log times.
/// The fraction may have 0 to 9 digits; the hour 24 is taken as 0 of the same
/// date (old ICU data in Node 20). Years 1970 to 9999. Anything else: empty.
std::optional<WallTime> parse_iso8601(std::string_view text);

/// `2026-11-20T23:10:02.836Z`; years 1970 to 9999, others as the nearest.
std::string to_iso8601(WallTime time);

}  // namespace openclaw_lock
