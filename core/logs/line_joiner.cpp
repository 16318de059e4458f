// SPDX-License-Identifier: Apache-2.0
#include "core/logs/line_joiner.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {

std::optional<std::string> LineJoiner::add(std::string_view piece,
                                           bool is_last) {
  const auto room = kMaxBytes - std::min(kMaxBytes, pending_.size());
  pending_ += piece.substr(0, room);
  if (!is_last) return {};
  return std::exchange(pending_, {});
}

}  // namespace openclaw_lock
