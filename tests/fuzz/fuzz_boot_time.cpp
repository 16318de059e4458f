// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/procfs/boot_time.h"

/// A boot time is from 1970 on, in whole seconds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto boot = openclaw_lock::parse_boot_time(text);
  if (!boot) return 0;
  const auto since_epoch = boot->time_since_epoch().count();
  if (since_epoch < 0 || since_epoch % 1000 != 0) std::abort();
  return 0;
}
