// SPDX-License-Identifier: Apache-2.0
#include "core/logs/known_places.h"

#include <algorithm>
#include <cctype>

#include "core/logs/rotated_name.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxEncoded = 220;
constexpr std::string_view kDigits = "0123456789abcdef";

bool is_date(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00";
  return std::ranges::equal(text, kForm, [](char c, char form) {
    return form == '-' ? c == '-' : c >= '0' && c <= '9';
  });
}

}  // namespace

std::string_view profile_of_state_dir(std::string_view path) {
  constexpr std::string_view kStart = "/.openclaw-";
  const auto at = path.rfind('/');
  if (at == std::string_view::npos || !path.substr(at).starts_with(kStart))
    return {};
  return path.substr(at + kStart.size());
}

std::string encode_profile(std::string_view profile) {
  std::string encoded;
  for (const char c : profile) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      encoded += c;
    } else if (c == '-') {
      encoded += "--";
    } else if (c == '_') {
      encoded += "-0";
    } else if (c >= 'A' && c <= 'Z') {
      encoded += "-1";
      encoded += static_cast<char>(std::tolower(byte));
    } else {
      encoded += "-2";
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
      encoded += '-';
    }
  }
  return encoded.size() <= kMaxEncoded ? encoded : std::string{};
}

std::string profile_of_log(std::string_view name) {
  constexpr std::string_view kStart = "openclaw-";
  constexpr std::string_view kEnd = ".log";
  constexpr std::size_t kDateBytes = 10;
  std::string whole{name};
  for (auto before = unrotated_name(whole); before;
       before = unrotated_name(whole))
    whole = *std::move(before);
  std::string_view rest = whole;
  if (!rest.starts_with(kStart) || !rest.ends_with(kEnd)) return {};
  rest.remove_prefix(kStart.size());
  rest.remove_suffix(kEnd.size());
  if (rest.size() < kDateBytes + 2 ||
      !is_date(rest.substr(rest.size() - kDateBytes)))
    return {};
  rest.remove_suffix(kDateBytes);
  if (!rest.ends_with('-')) return {};
  rest.remove_suffix(1);
  return std::string{rest};
}

bool lies_in(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace openclaw_lock
