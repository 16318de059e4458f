// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/gateways/gateway_role.h"
#include "core/gateways/openclaw_process.h"

/// Only absolute state dirs without dots, at most six, and no empty piece.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace openclaw_lock;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto pieces = split_nul(text);
  for (const auto piece : pieces)
    if (piece.empty() || piece.find('\0') != std::string_view::npos)
      std::abort();
  const auto first = pieces.empty() ? std::string_view{} : pieces.front();
  role_of_process(first, pieces);
  may_be_openclaw(first, pieces);
  entry_of_arguments(pieces);
  const auto dirs =
      state_dirs_of({pieces, first, "/work", home_in_passwd(text, 0), first});
  if (dirs.size() > 6) std::abort();
  for (const auto& dir : dirs)
    if (!dir.path.starts_with('/') || dir.path.ends_with("/..")) std::abort();
  return 0;
}
