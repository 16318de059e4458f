// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace openclaw_lock {

/// USER_HZ ticks (proc(5)) as a signed number that arithmetic is safe with:
/// more than 2^50, longer than any kernel has run, counts as 2^50.
std::int64_t bounded_ticks(std::uint64_t ticks);

/// How long that many ticks are, rounded down; a rate below 1 counts as 1.
std::chrono::milliseconds span_of_ticks(std::uint64_t ticks,
                                        long ticks_per_second);

}  // namespace openclaw_lock
