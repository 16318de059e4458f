// SPDX-License-Identifier: Apache-2.0
#include "core/logs/rotated_name.h"

#include <algorithm>
#include <array>

namespace openclaw_lock {

std::optional<std::string> unrotated_name(std::string_view name) {
  // Where the mark at the end begins, `.1` or `-20261121`.
  const auto letter = name.find_last_not_of("0123456789-");
  if (letter == std::string_view::npos) return {};
  const auto mark = name.substr(letter + 1);
  if (!mark.empty() && name[letter] == '.' && mark[0] != '-' && letter > 0)
    return std::string{name.substr(0, letter)};
  if (mark.size() > 1 && mark[0] == '-')
    return std::string{name.substr(0, letter + 1)};
  // In front of the extension, `.1`.
  const auto extension = name.rfind('.');
  if (extension == std::string_view::npos || !mark.empty()) return {};
  const auto stem = name.substr(0, extension);
  const auto dot = stem.find_last_not_of("0123456789");
  if (dot == std::string_view::npos || dot == 0 || stem[dot] != '.' ||
      dot + 1 == stem.size())
    return {};
  return std::string{stem.substr(0, dot)} + std::string{name.substr(extension)};
}

bool is_compressed_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> kEndings{".gz", ".zst", ".xz",
                                                     ".bz2", ".lz4"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](auto ending) { return name.ends_with(ending); });
}

}  // namespace openclaw_lock
