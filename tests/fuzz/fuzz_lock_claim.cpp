// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/locks/lock_claim.h"

/// What a claim holds is in range, and what is too long is never read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace openclaw_lock;
  const std::string_view body{reinterpret_cast<const char*>(data), size};
  const auto claim = parse_lock_claim(body);
  if (!claim) return 0;
  if (size > kMaxLockBytes || body.find('{') == std::string_view::npos)
    std::abort();
  if (claim->pid && *claim->pid < 1) std::abort();
  if (claim->start_ticks && *claim->start_ticks > INT64_MAX) std::abort();
  if (claim->max_hold && claim->max_hold->count() < 1) std::abort();
  return 0;
}
