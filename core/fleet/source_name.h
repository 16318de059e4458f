// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace openclaw_lock {

/// Label `source`: what a reader reads.
enum class SourceName { locks, processes, logs, disk };

inline constexpr SourceName kSourceNames[] = {
    SourceName::locks, SourceName::processes, SourceName::logs,
    SourceName::disk};

constexpr std::string_view to_string(SourceName source) {
  switch (source) {
    case SourceName::locks:
      return "locks";
    case SourceName::processes:
      return "processes";
    case SourceName::logs:
      return "logs";
    case SourceName::disk:
      return "disk";
  }
  return "locks";
}

}  // namespace openclaw_lock
