// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/gateways/session_store_era.h"

using namespace openclaw_lock;

/// A version is short and plain.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto version = last_touched_version(text);
  if (version.size() > 32) std::abort();
  if (version.find_first_not_of("0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz.-") !=
      std::string::npos)
    std::abort();
  return 0;
}
