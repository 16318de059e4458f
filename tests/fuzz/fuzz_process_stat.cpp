// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/procfs/process_stat.h"

/// A stat that is taken begins with its pid, and holds its command.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto stat = openclaw_lock::parse_process_stat(text);
  if (!stat) return 0;
  if (stat->pid < 1 || stat->comm.size() >= size) std::abort();
  if (text.find('(' + stat->comm + ") ") == std::string_view::npos)
    std::abort();
  return 0;
}
