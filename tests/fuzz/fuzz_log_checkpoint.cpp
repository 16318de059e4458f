// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/logs/log_checkpoint.h"

namespace {

using namespace openclaw_lock;

/// What decodes must be kept as it is.
void check(std::string_view text) {
  const auto decoded = decode_checkpoint(text);
  if (!decoded) return;
  const auto encoded = encode_checkpoint(*decoded);
  const auto again = decode_checkpoint(encoded);
  if (!again || encode_checkpoint(*again) != encoded) std::abort();
  if (again->gateway != decoded->gateway || again->files != decoded->files ||
      again->sources != decoded->sources || again->unseen != decoded->unseen ||
      again->cursors != decoded->cursors ||
      !(again->ledger.totals == decoded->ledger.totals) ||
      !(again->ledger.kept == decoded->ledger.kept) ||
      again->ledger.seen != decoded->ledger.seen ||
      again->ledger.incidents.state() != decoded->ledger.incidents.state())
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  check(text);
  // No chance hits upon a checksum: the same as a body with a true one.
  const auto sum = ::crc32(0, data, static_cast<uInt>(size));
  for (const auto& file :
       {std::string{text}, "openclaw-lock-exporter logs 1 " +
                               std::to_string(sum) + '\n' + std::string{text}})
    if (const auto decoded = decode_checkpoint_file(file))
      check(encode_checkpoint(*decoded));
  return 0;
}
