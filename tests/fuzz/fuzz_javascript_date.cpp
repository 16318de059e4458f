// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/javascript_date.h"

/// Any instant is one of JavaScript's Date; one without a zone may be a day
/// off.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace std::chrono;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto date = openclaw_lock::parse_javascript_date(text);
  if (!date) return 0;
  constexpr milliseconds kFurthest{INT64_C(8640000000000000)};
  const auto time = date->time.time_since_epoch();
  if (time > kFurthest || time < -kFurthest || size < 4) std::abort();
  return 0;
}
