// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_prints.h"

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

HeadPrint print_head(std::string_view bytes) {
  bytes = bytes.substr(0, HeadPrint::kMaxBytes);
  HeadPrint print;
  print.length = static_cast<std::uint32_t>(bytes.size());
  for (std::size_t step = 0; step < bytes.size() / HeadPrint::kStep; ++step) {
    print.whole = crc(print.whole,
                      bytes.substr(step * HeadPrint::kStep, HeadPrint::kStep));
    print.steps[step] = print.whole;
  }
  const auto rest = bytes.size() % HeadPrint::kStep;
  print.whole = crc(print.whole, bytes.substr(bytes.size() - rest));
  return print;
}

Likeness compare_head(const HeadPrint& known, std::string_view bytes) {
  if (bytes.size() >= known.length) {
    if (known.length == 0) return Likeness::undecided;
    return print_head(bytes.substr(0, known.length)) == known ? Likeness::same
                                                              : Likeness::other;
  }
  const auto steps = bytes.size() / HeadPrint::kStep;
  if (steps == 0) return Likeness::undecided;
  return print_head(bytes).steps[steps - 1] == known.steps[steps - 1]
             ? Likeness::undecided
             : Likeness::other;
}

TailPrint print_tail(std::string_view bytes) {
  bytes.remove_prefix(bytes.size() -
                      std::min(bytes.size(), TailPrint::kMaxBytes));
  return {static_cast<std::uint32_t>(bytes.size()), crc(0, bytes)};
}

}  // namespace openclaw_lock
