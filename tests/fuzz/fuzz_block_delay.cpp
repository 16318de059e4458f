// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/procfs/block_delay.h"

using namespace openclaw_lock;

/// What is read of a text is read of it with the newline that ends it, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto ticks = parse_block_delay_ticks(text);
  if (ticks && !text.ends_with('\n') &&
      ticks != parse_block_delay_ticks(std::string{text} + '\n'))
    std::abort();
  return 0;
}
