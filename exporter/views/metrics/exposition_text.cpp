// SPDX-License-Identifier: Apache-2.0
#include "exporter/views/metrics/exposition_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr double kMaxWhole = 1e15;
constexpr std::size_t kMaxNumberBytes = 64;
constexpr auto kUnbounded = std::numeric_limits<std::size_t>::max();

/// Printable ASCII that no format escapes: nearly every text there is.
bool is_harmless(char c) {
  return c >= 0x20 && c < 0x7f && c != '\\' && c != '"';
}

void append_line(std::string& out, std::string_view text, Quotes quotes) {
  for (const char c : text) {
    if (c == '\\' || (c == '"' && quotes == Quotes::escape)) out += '\\';
    out += c;
  }
}

template <typename... Form>
void append_chars(std::string& out, Form... form) {
  std::array<char, kMaxNumberBytes> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), form...);
  if (error == std::errc{}) out.append(buffer.data(), end);
}

bool append_special(std::string& out, double value) {
  if (std::isnan(value))
    out += "NaN";
  else if (std::isinf(value))
    out += value > 0 ? "+Inf" : "-Inf";
  else
    return false;
  return true;
}

/// Where Go's strconv and OpenMetrics' "Canonical Numbers" turn to an exponent.
bool needs_exponent(double bound) {
  const double size = std::abs(bound);
  return size != 0 && (size < 1e-4 || size >= 1e6);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, Quotes quotes) {
  if (std::all_of(text.begin(), text.end(), is_harmless)) {
    out += text;
    return;
  }
  for (;;) {
    const auto end = std::min(text.find('\n'), text.size());
    append_line(out, to_label_text(text.substr(0, end), kUnbounded), quotes);
    if (end == text.size()) return;
    out += "\\n";
    text.remove_prefix(end + 1);
  }
}

void append_number(std::string& out, double value) {
  if (append_special(out, value)) return;
  const bool whole = std::abs(value) < kMaxWhole && std::trunc(value) == value;
  if (whole && !(value == 0 && std::signbit(value)))
    append_chars(out, static_cast<std::int64_t>(value));
  else
    append_chars(out, value);
}

void append_number(std::string& out, std::uint64_t value) {
  append_chars(out, value);
}

void append_bound(std::string& out, double bound, WholeBound whole) {
  if (append_special(out, bound)) return;
  if (needs_exponent(bound)) {
    append_chars(out, bound, std::chars_format::scientific);
    return;
  }
  const double positive_zero = bound == 0 ? 0 : bound;
  append_chars(out, positive_zero, std::chars_format::fixed);
  if (whole == WholeBound::with_decimal && std::trunc(bound) == bound)
    out += ".0";
}

}  // namespace openclaw_lock
