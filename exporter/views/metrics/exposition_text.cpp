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
constexpr auto kUnbounded = std::numeric_limits<std::size_t>::max();

/// Printable ASCII that no format escapes: nearly every text there is.
constexpr bool is_harmless(unsigned char c) {
  return c >= 0x20 && c < 0x7f && c != '\\' && c != '"';
}

constexpr auto kHarmful = [] {
  std::array<bool, 256> harmful{};
  for (std::size_t c = 0; c < harmful.size(); ++c)
    harmful[c] = !is_harmless(static_cast<unsigned char>(c));
  return harmful;
}();

bool has_harm(std::string_view text) {
  bool harm = false;
  for (const char c : text) harm |= kHarmful[static_cast<unsigned char>(c)];
  return harm;
}

void append_line(std::string& out, std::string_view text, Quotes quotes) {
  for (const char c : text) {
    if (c == '\\' || (c == '"' && quotes == Quotes::escape)) out += '\\';
    out += c;
  }
}

template <typename... Form>
char* write_chars(char* out, Form... form) {
  return std::to_chars(out, out + kMaxNumberBytes, form...).ptr;
}

/// Empty for an ordinary number.
std::string_view special_word(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return {};
}

/// Where Go's strconv and OpenMetrics' "Canonical Numbers" turn to an exponent.
bool needs_exponent(double bound) {
  const double size = std::abs(bound);
  return size != 0 && (size < 1e-4 || size >= 1e6);
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, Quotes quotes) {
  if (!has_harm(text)) {
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

char* write_number(char* out, double value) {
  const auto word = special_word(value);
  if (!word.empty()) return std::ranges::copy(word, out).out;
  const bool whole = std::abs(value) < kMaxWhole && std::trunc(value) == value;
  if (whole && !(value == 0 && std::signbit(value)))
    return write_chars(out, static_cast<std::int64_t>(value));
  return write_chars(out, value);
}

char* write_number(char* out, std::uint64_t value) {
  return write_chars(out, value);
}

void append_bound(std::string& out, double bound, WholeBound whole) {
  const auto word = special_word(bound);
  if (!word.empty()) {
    out += word;
    return;
  }
  std::array<char, kMaxNumberBytes> text{};
  const bool exponent = needs_exponent(bound);
  const double positive_zero = bound == 0 ? 0 : bound;
  auto* const end = write_chars(
      text.data(), positive_zero,
      exponent ? std::chars_format::scientific : std::chars_format::fixed);
  out.append(text.data(), end);
  if (!exponent && whole == WholeBound::with_decimal &&
      std::trunc(bound) == bound)
    out += ".0";
}

}  // namespace openclaw_lock
