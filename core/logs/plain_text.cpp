// SPDX-License-Identifier: Apache-2.0
#include "core/logs/plain_text.h"

#include <algorithm>

namespace openclaw_lock {

namespace {

constexpr std::string_view kColourStart = "\x1b[";

}  // namespace

std::string_view behind_colours(std::string_view text) {
  while (text.starts_with(kColourStart)) {
    const auto end = text.find_first_not_of("0123456789;", kColourStart.size());
    if (end == std::string_view::npos || text[end] != 'm') break;
    text.remove_prefix(end + 1);
  }
  return text;
}

std::string plain_text(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::string plain;
  while (!text.empty()) {
    const auto escape = std::min(text.find(kColourStart), text.size());
    plain += text.substr(0, escape);
    text.remove_prefix(escape);
    if (text.empty()) break;
    const auto rest = behind_colours(text);
    const bool colour = rest.size() < text.size();
    if (!colour) plain += text.substr(0, kColourStart.size());
    text = colour ? rest : text.substr(kColourStart.size());
  }
  return plain;
}

}  // namespace openclaw_lock
