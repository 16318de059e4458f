// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/procfs/timens_offsets.h"

/// An offset that is taken is within 2^40 s, at any tick rate.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const long hertz : {1L, 100L, 1024L}) {
    const auto offset = openclaw_lock::parse_boottime_offset_ticks(text, hertz);
    const auto most = ((std::int64_t{1} << 40) + 1) * hertz;
    if (offset && (*offset > most || *offset < -most)) std::abort();
  }
  return 0;
}
