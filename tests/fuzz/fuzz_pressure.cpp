// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/disk/pressure.h"

using namespace openclaw_lock;

/// No time is negative; the only fault is malformed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto pressure = parse_pressure(text);
  if (!pressure) {
    if (pressure.problem().fault != Fault::malformed) std::abort();
    return 0;
  }
  if (pressure->some.count() < 0) std::abort();
  if (pressure->full && pressure->full->count() < 0) std::abort();
  return 0;
}
