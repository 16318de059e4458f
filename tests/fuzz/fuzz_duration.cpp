// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/duration.h"

/// Any duration is from 0 to 365 days, and its text ends in a unit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto duration = openclaw_lock::parse_duration(text);
  if (!duration) return 0;
  if (duration->count() < 0 || *duration > std::chrono::hours{24 * 365} ||
      std::string_view{"dhms"}.find(text.back()) == std::string_view::npos)
    std::abort();
  return 0;
}
