// SPDX-License-Identifier: Apache-2.0
#include "core/base/javascript_json.h"

#include "core/base/text.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kEscapeBytes = 6;

/// The unit of UTF-16 that `\uXXXX` at the front stands for.
std::optional<unsigned> escaped_unit(std::string_view text) {
  if (text.size() < kEscapeBytes || !text.starts_with("\\u")) return {};
  unsigned unit = 0;
  const auto digits = text.substr(2, 4);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  return unit;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Length of the escape at the front, 1 where it is none; `lone`: it is half
/// of a pair.
std::size_t escape_length(std::string_view text, bool& lone) {
  lone = false;
  const auto unit = escaped_unit(text);
  if (!unit) return text.size() > 1 ? 2 : 1;
  lone = is_low(*unit);
  if (!is_high(*unit)) return kEscapeBytes;
  const auto next = escaped_unit(text.substr(kEscapeBytes));
  lone = !next || !is_low(*next);
  return lone ? kEscapeBytes : 2 * kEscapeBytes;
}

}  // namespace

std::optional<std::string> as_javascript_reads(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark) ||
      bytes.find('\0') != std::string_view::npos)
    return {};
  const auto text = to_utf8(bytes);
  std::string result;
  result.reserve(text.size());
  for (std::string_view rest = text; !rest.empty();) {
    bool lone = false;
    const auto length = rest[0] == '\\' ? escape_length(rest, lone) : 1;
    result += lone ? "\\uFFFD" : rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return result;
}

}  // namespace openclaw_lock
