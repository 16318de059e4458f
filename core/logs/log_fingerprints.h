// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace openclaw_lock {

/// What a log begins with, kept to know it again under another name or as a
/// copy: CRC-32 of its first 64, 128, ... 1024 bytes and of all that were
/// there.
struct HeadFingerprint {
  static constexpr std::size_t kStep = 64;
  static constexpr std::size_t kMaxBytes = 1024;

  std::uint32_t length = 0;  ///< bytes printed, at most kMaxBytes
  std::uint32_t whole = 0;   ///< of all `length` bytes
  std::array<std::uint32_t, kMaxBytes / kStep> steps{};  ///< whole steps only

  bool operator==(const HeadFingerprint&) const = default;
};

/// The print of a file's first bytes; those beyond kMaxBytes are not looked at.
HeadFingerprint fingerprint_head(std::string_view bytes);

enum class Likeness {
  same,       ///< begins with all that the print covers
  other,      ///< begins otherwise
  undecided,  ///< too short to tell, and equal so far
};

/// Compares a file's first bytes, all or kMaxBytes of them, with a print.
Likeness compare_head(const HeadFingerprint& known, std::string_view bytes);

/// What stands just before a position: proof that it is still the same log.
struct TailFingerprint {
  static constexpr std::size_t kMaxBytes = 256;

  std::uint32_t length = 0;  ///< bytes, at most kMaxBytes and the position
  std::uint32_t whole = 0;   ///< CRC-32 of them

  bool operator==(const TailFingerprint&) const = default;
};

/// The print of the last kMaxBytes of `bytes`, which end at the position.
TailFingerprint fingerprint_tail(std::string_view bytes);

}  // namespace openclaw_lock
