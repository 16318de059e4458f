// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/disk/diskstats.h"

using namespace openclaw_lock;

/// Devices are `major:minor`, and no time is negative.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const auto& [device, work] : parse_diskstats(text)) {
    const auto colon = device.find(':');
    if (colon == 0 || colon + 1 >= device.size()) std::abort();
    if (device.find_first_not_of("0123456789:") != std::string::npos)
      std::abort();
    for (const auto& operations : {work.read, work.write, work.flush})
      if (operations && operations->wait.count() < 0) std::abort();
  }
  return 0;
}
