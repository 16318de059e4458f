// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_record.h"

#include <algorithm>
#include <array>
#include <utility>

namespace openclaw_lock {
namespace {

constexpr std::array<std::pair<std::string_view, RecordLevel>, 7> kLevels{{
    {"silly", RecordLevel::trace},
    {"trace", RecordLevel::trace},
    {"debug", RecordLevel::debug},
    {"info", RecordLevel::info},
    {"warn", RecordLevel::warn},
    {"error", RecordLevel::error},
    {"fatal", RecordLevel::fatal},
}};

bool equal_ignoring_case(char letter, char lower) {
  return letter == lower || (letter >= 'A' && letter <= 'Z' &&
                             static_cast<char>(letter - 'A' + 'a') == lower);
}

}  // namespace

RecordLevel parse_record_level(std::string_view word) {
  for (const auto& [name, level] : kLevels)
    if (std::equal(word.begin(), word.end(), name.begin(), name.end(),
                   equal_ignoring_case))
      return level;
  return RecordLevel::unknown;
}

}  // namespace openclaw_lock
