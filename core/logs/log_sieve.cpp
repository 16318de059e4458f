// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_sieve.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "core/logs/line_gate.h"

namespace openclaw_lock {
namespace {

/// A bit for each byte.
using Bits = std::uint64_t;

/// What is known of a vector's width: `Bytes`, and reading a comparison.
struct Lanes16 {
  using Bytes [[gnu::vector_size(16)]] = std::uint8_t;

  static bool any(const Bytes& found) {
    std::array<Bits, 2> words;
    std::memcpy(words.data(), &found, sizeof found);
    return (words[0] | words[1]) != 0;
  }

  static Bits bits(const Bytes& found) {
    std::array<Bits, 2> words;
    std::memcpy(words.data(), &found, sizeof found);
    return packed(words[0]) | packed(words[1]) << 8;
  }

  /// The lowest bits of 8 bytes; a product gathers them in its highest byte.
  static Bits packed(Bits found) {
    if constexpr (std::endian::native == std::endian::big)
      found = __builtin_bswap64(found);
    return ((found & UINT64_C(0x0101010101010101)) *
            UINT64_C(0x0102040810204080)) >>
           56;
  }
};

#ifdef __x86_64__
#define OPENCLAW_LOCK_AVX2 __attribute__((target("avx2")))

struct Lanes32 {
  using Bytes [[gnu::vector_size(32)]] = std::uint8_t;
  using Chars [[gnu::vector_size(32)]] = char;

  OPENCLAW_LOCK_AVX2 static bool any(const Bytes& found) {
    return bits(found) != 0;
  }

  OPENCLAW_LOCK_AVX2 static Bits bits(const Bytes& found) {
    Chars chars;
    std::memcpy(&chars, &found, sizeof chars);
    return static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(chars));
  }
};
#endif

constexpr std::size_t kHalfBytes = 64;
constexpr std::size_t kBlockBytes = 2 * kHalfBytes;
/// `I` and a digit stand as far apart in `"logLevelId":4`.
constexpr std::size_t kDigitDistance = kLevelId.size() - kLevelIdLetter;
constexpr std::size_t kReadBytes = kBlockBytes + kDigitDistance;

template <typename Lanes>
[[gnu::always_inline]] inline void load(typename Lanes::Bytes& bytes,
                                        const char* from) {
  std::memcpy(&bytes, from, sizeof bytes);
}

/// kLevelHit or more for `I` with a digit from 4 to 7 (or what is no ASCII)
/// behind `d":`, else less.
template <typename Lanes>
[[gnu::always_inline]] inline void rate_level(typename Lanes::Bytes& rating,
                                              const char* from) {
  typename Lanes::Bytes letter;
  typename Lanes::Bytes digit;
  load<Lanes>(letter, from);
  load<Lanes>(digit, from + kDigitDistance);
  rating = (letter ^ digit) & (letter == std::uint8_t{'I'});
}

constexpr std::uint8_t kLevelHit = 'I' ^ '5';
static_assert(('I' ^ '4') == 0x7D && ('I' ^ '5') == 0x7C &&
              ('I' ^ '6') == 0x7F && ('I' ^ '3') < kLevelHit);

/// A bit for each byte of a block.
struct BlockBits {
  Bits first = 0;
  Bits second = 0;

  bool any() const { return (first | second) != 0; }

  /// Takes the lowest one out. No branch: its half cannot be foretold.
  std::size_t take() {
    const bool in_first = first != 0;
    const Bits half = in_first ? first : second;
    second = in_first ? second : second & (second - 1);
    first &= first - 1;
    return static_cast<std::size_t>(std::countr_zero(half)) +
           (in_first ? 0 : kHalfBytes);
  }

  bool has(std::size_t at) const {
    return ((at < kHalfBytes ? first : second) >> at % kHalfBytes & 1U) != 0;
  }
};

/// What `find` says of each vector of a block.
template <typename Lanes, typename Find>
[[gnu::always_inline]] inline BlockBits block_bits(const char* from,
                                                   Find find) {
  BlockBits bits;
  for (std::size_t i = 0; i < kHalfBytes; i += sizeof(typename Lanes::Bytes)) {
    typename Lanes::Bytes found;
    find(found, from + i);
    bits.first |= Lanes::bits(found) << i;
    find(found, from + kHalfBytes + i);
    bits.second |= Lanes::bits(found) << i;
  }
  return bits;
}

/// `from` holds kReadBytes, the text's from `at` on.
template <typename Lanes>
[[gnu::always_inline]] inline void scan_block(const char* from, std::size_t at,
                                              LineGate& gate) {
  using Bytes = typename Lanes::Bytes;
  Bytes lowest;
  load<Lanes>(lowest, from);
  Bytes highest;
  rate_level<Lanes>(highest, from);
  for (std::size_t i = sizeof(Bytes); i < kBlockBytes; i += sizeof(Bytes)) {
    Bytes bytes;
    load<Lanes>(bytes, from + i);
    lowest = bytes < lowest ? bytes : lowest;
    Bytes rating;
    rate_level<Lanes>(rating, from + i);
    highest = rating > highest ? rating : highest;
  }
  // Records have no byte below the blank but the newline.
  const Bytes levels = highest >= kLevelHit;
  const Bytes found = levels | (lowest < std::uint8_t{' '});
  if (!Lanes::any(found)) [[likely]]
    return;
  const auto newlines =
      block_bits<Lanes>(from, [](Bytes& newline, const char* bytes) {
        load<Lanes>(newline, bytes);
        newline = newline == std::uint8_t{'\n'};
      });
  BlockBits marks = newlines;
  if (Lanes::any(levels)) [[unlikely]] {
    const auto level_bits =
        block_bits<Lanes>(from, [](Bytes& level, const char* bytes) {
          rate_level<Lanes>(level, bytes);
          level = level >= kLevelHit;
        });
    marks.first |= level_bits.first;
    marks.second |= level_bits.second;
  }
  while (marks.any()) {
    const auto mark = marks.take();
    if (newlines.has(mark)) [[likely]]
      gate.newline(at + mark);
    else
      gate.level(at + mark);
  }
}

template <typename Lanes>
[[gnu::always_inline]] inline std::size_t scan(std::string_view lines,
                                               const LineVisitor& visit) {
  LineGate gate{lines, visit};
  std::size_t at = 0;
  for (auto left = lines.size(); left >= kReadBytes; left -= kBlockBytes) {
    scan_block<Lanes>(lines.data() + at, at, gate);
    at += kBlockBytes;
  }
  std::array<char, 2 * kBlockBytes + kDigitDistance> tail{};
  lines.copy(tail.data(), tail.size(), at);
  for (const std::size_t i : {std::size_t{0}, kBlockBytes})
    scan_block<Lanes>(tail.data() + i, at + i, gate);
  return gate.count();
}

std::size_t scan_16(std::string_view lines, const LineVisitor& visit) {
  return scan<Lanes16>(lines, visit);
}

#ifdef __x86_64__
OPENCLAW_LOCK_AVX2 std::size_t scan_32(std::string_view lines,
                                       const LineVisitor& visit) {
  return scan<Lanes32>(lines, visit);
}
#endif

}  // namespace

SieveWidth widest_sieve() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return SieveWidth::bytes_32;
#endif
  return SieveWidth::bytes_16;
}

std::size_t sieve_openclaw_json(std::string_view lines,
                                const LineVisitor& visit, SieveWidth width) {
#ifdef __x86_64__
  if (width == SieveWidth::bytes_32) return scan_32(lines, visit);
#endif
  static_cast<void>(width);
  return scan_16(lines, visit);
}

}  // namespace openclaw_lock
