// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/procfs/unified_cgroup.h"

using namespace openclaw_lock;

/// A path is absolute and stands in the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto path = parse_unified_cgroup(text);
  if (!path) return 0;
  if (!path->starts_with('/')) std::abort();
  if (text.find(*path) == std::string_view::npos) std::abort();
  return 0;
}
