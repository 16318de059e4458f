// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_fingerprints.h"

#include <zlib.h>

#include <algorithm>

namespace openclaw_lock {
namespace {

std::uint32_t crc(std::uint32_t before, std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(before, reinterpret_cast<const Bytef*>(bytes.data()),
              static_cast<uInt>(bytes.size())));
}

}  // namespace

HeadFingerprint fingerprint_head(std::string_view bytes) {
  bytes = bytes.substr(0, HeadFingerprint::kMaxBytes);
  HeadFingerprint print;
  print.length = static_cast<std::uint32_t>(bytes.size());
  for (std::size_t step = 0; step < bytes.size() / HeadFingerprint::kStep;
       ++step) {
    print.whole = crc(print.whole, bytes.substr(step * HeadFingerprint::kStep,
                                                HeadFingerprint::kStep));
    print.steps[step] = print.whole;
  }
  const auto rest = bytes.size() % HeadFingerprint::kStep;
  print.whole = crc(print.whole, bytes.substr(bytes.size() - rest));
  return print;
}

Likeness compare_head(const HeadFingerprint& known, std::string_view bytes) {
  if (bytes.size() >= known.length) {
    if (known.length == 0) return Likeness::undecided;
    return fingerprint_head(bytes.substr(0, known.length)) == known
               ? Likeness::same
               : Likeness::other;
  }
  const auto steps = bytes.size() / HeadFingerprint::kStep;
  if (steps == 0) return Likeness::undecided;
  return fingerprint_head(bytes).steps[steps - 1] == known.steps[steps - 1]
             ? Likeness::undecided
             : Likeness::other;
}

TailFingerprint fingerprint_tail(std::string_view bytes) {
  bytes.remove_prefix(bytes.size() -
                      std::min(bytes.size(), TailFingerprint::kMaxBytes));
  return {static_cast<std::uint32_t>(bytes.size()), crc(0, bytes)};
}

}  // namespace openclaw_lock
