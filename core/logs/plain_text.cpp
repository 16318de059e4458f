// SPDX-License-Identifier: Apache-2.0
#include "core/logs/plain_text.h"

#include <algorithm>

namespace openclaw_lock {

std::string plain_text(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  std::string plain;
  while (!text.empty()) {
    const auto escape = std::min(text.find("\x1b["), text.size());
    plain += text.substr(0, escape);
    text.remove_prefix(escape);
    if (text.empty()) break;
    const auto end = text.find_first_not_of("0123456789;", 2);
    const bool colour = end != std::string_view::npos && text[end] == 'm';
    if (!colour) plain += text.substr(0, 2);
    text.remove_prefix(colour ? end + 1 : 2);
  }
  return plain;
}

}  // namespace openclaw_lock
