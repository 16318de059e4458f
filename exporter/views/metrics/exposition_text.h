// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// The smallest pieces of the exposition formats. None of them looks at the
/// locale of the process.
namespace openclaw_lock {

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`
constexpr bool is_metric_name(std::string_view text) {
  const auto begins = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == ':';
  };
  return !text.empty() && begins(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return begins(c) || (c >= '0' && c <= '9');
         });
}

enum class Quotes { keep, escape };

/// Escapes backslash, newline and, where asked, the double quote. Ill-formed
/// UTF-8 and other control characters become U+FFFD.
void append_escaped(std::string& out, std::string_view text, Quotes quotes);

/// No number is longer.
inline constexpr std::size_t kMaxNumberBytes = 32;

/// Whole numbers below 1e15 in full, others in the shortest form that reads
/// back the same; `NaN`, `+Inf`, `-Inf`. Writes to `out` and returns the end.
char* write_number(char* out, double value);
char* write_number(char* out, std::uint64_t value);

enum class WholeBound { plain, with_decimal };

/// A bucket's bound, as a label value: the form of Go's %g, so
/// that a bound has the same text everywhere; `1` or `1.0` as asked.
void append_bound(std::string& out, double bound, WholeBound whole);

}  // namespace openclaw_lock
