// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace openclaw_lock {

/// Tells whether a text holds any of some literals, each of 4 bytes or more (a
/// shorter one does not compile). Built by the compiler; looks at one place in
/// `shortest - 3` bytes of the text, at most one in kMaxStride.
template <std::size_t Count>
class LiteralSet {
 public:
  static constexpr std::size_t kMaxStride = 12;

  constexpr explicit LiteralSet(
      const std::array<std::string_view, Count>& literals)
      : literals_{literals} {
    for (const auto literal : literals) {
      if (literal.size() < kGram) throw std::invalid_argument{"too short"};
      stride_ = std::min(stride_, literal.size() - kGram + 1);
    }
    for (std::size_t which = 0; which < Count; ++which)
      for (std::size_t offset = 0; offset < stride_; ++offset)
        add(which, offset);
  }

  bool is_in(std::string_view text) const {
    for (std::size_t at = 0; at + kGram <= text.size(); at += stride_)
      for (auto link = chains_[slot(text.data() + at)]; link != 0;
           link = places_[link - 1].next)
        if (is_at(text, at, places_[link - 1])) return true;
    return false;
  }

 private:
  static constexpr std::size_t kGram = 4;

  /// Four bytes of a literal, found by their hash.
  struct Place {
    std::uint16_t which = 0;
    std::uint16_t offset = 0;
    std::uint16_t next = 0;  ///< 1 + the index of another; 0: none
  };

  static constexpr std::size_t slot(const char* gram) {
    std::array<char, kGram> bytes{};
    std::copy_n(gram, kGram, bytes.begin());
    return std::bit_cast<std::uint32_t>(bytes) * UINT32_C(0x9E3779B1) >> 20;
  }

  constexpr void add(std::size_t which, std::size_t offset) {
    auto& chain = chains_[slot(literals_[which].data() + offset)];
    places_[used_] = {static_cast<std::uint16_t>(which),
                      static_cast<std::uint16_t>(offset), chain};
    chain = static_cast<std::uint16_t>(++used_);
  }

  bool is_at(std::string_view text, std::size_t at, const Place& place) const {
    return at >= place.offset &&
           text.substr(at - place.offset).starts_with(literals_[place.which]);
  }

  std::array<std::string_view, Count> literals_;
  std::size_t stride_ = kMaxStride;
  std::size_t used_ = 0;
  std::array<Place, Count * kMaxStride> places_{};
  std::array<std::uint16_t, 4096> chains_{};
};

}  // namespace openclaw_lock
