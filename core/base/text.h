// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// A whole decimal number that fills `text` and fits `Integer`, else empty. No
/// sign for unsigned types, no blanks.
template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  Integer value{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

/// The pieces of `text` between runs of blanks and tabs; no empty pieces.
std::vector<std::string_view> split_blanks(std::string_view text);

/// Without the white space of ASCII at both ends.
std::string_view trimmed(std::string_view text);

/// Valid UTF-8 with each ill-formed byte replaced by U+FFFD.
std::string to_utf8(std::string_view bytes);

/// Valid UTF-8 with each ill-formed byte replaced by U+FFFD, and control
/// characters (below 0x20, and 0x7f) replaced too: what a label value or a log
/// line may carry of a name that an outsider chose. At most `max_bytes` bytes,
/// cut between characters.
std::string to_label_text(std::string_view bytes, std::size_t max_bytes = 128);

}  // namespace openclaw_lock
