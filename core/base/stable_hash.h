// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace openclaw_lock {

/// FNV-1a of 64 bits: the same in every build, so that it may be kept on disk.
/// No defence against who wants two texts to collide.
class StableHash {
 public:
  /// One text, and its end: "a", "b" differ from "ab".
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
    add_byte(0);
  }
  std::uint64_t value() const { return value_; }

 private:
  void add_byte(unsigned char byte) {
    value_ = (value_ ^ byte) * UINT64_C(1099511628211);
  }

  std::uint64_t value_ = UINT64_C(14695981039346656037);
};

}  // namespace openclaw_lock
