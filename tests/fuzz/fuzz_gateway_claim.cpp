// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/gateways/gateway_claim.h"

using namespace openclaw_lock;

/// A pid is positive; nothing longer than 4096 bytes is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto claim = parse_gateway_claim(text);
  if (!claim) return 0;
  if (size > 4096) std::abort();
  if (claim->pid && *claim->pid < 1) std::abort();
  return 0;
}
