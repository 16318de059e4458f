// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/wall_time.h"

/// Any instant lies within a day of the years 1970 to 9999.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace std::chrono;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto time = openclaw_lock::parse_iso8601(text);
  if (!time) return 0;
  if (*time <= sys_days{year{1969} / 12 / 31} ||
      *time >= sys_days{year{10000} / 1 / 2} || text.size() < 20 ||
      text.size() > 35)
    std::abort();
  return 0;
}
