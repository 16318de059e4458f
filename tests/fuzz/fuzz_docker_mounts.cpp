// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/gateways/docker_mounts.h"
#include "core/gateways/glob_capture.h"

/// Every source is absolute, and a directory below it is mounted with it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace openclaw_lock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto sources = parse_docker_mounts(text);
  if (!sources) return 0;
  for (const auto& source : *sources) {
    if (!source.starts_with('/')) std::abort();
    const bool is_root = split_path(source).empty();
    if (is_mounted({source}, source + "/x") == is_root) std::abort();
  }
  return 0;
}
