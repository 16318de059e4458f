// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/gateways/openclaw_process.h"

/// Only absolute state dirs, at most two, and no empty piece.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace openclaw_lock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto pieces = split_nul(text);
  for (const auto piece : pieces)
    if (piece.empty() || piece.find('\0') != std::string_view::npos)
      std::abort();
  if (!pieces.empty()) is_openclaw_process(pieces.front(), pieces);
  const auto dirs = state_dirs_of(pieces);
  if (dirs.size() > 2) std::abort();
  for (const auto& dir : dirs)
    if (!dir.starts_with('/')) std::abort();
  return 0;
}
