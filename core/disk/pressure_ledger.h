// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/disk/pressure.h"

namespace openclaw_lock {

/// Adds up what the control groups of one gateway lost, while processes, and
/// groups with them, come and go. Between two looks counts the group that lost
/// most, so that the sum never grows faster than time.
class PressureLedger {
 public:
  /// What each group says now, by path. What a group lost before it was first
  /// seen does not count; one whose figure went back is another of its name.
  void observe(std::map<std::string, Pressure> groups);

  /// Empty until a group was seen.
  const std::optional<Pressure>& total() const { return total_; }

 private:
  std::map<std::string, Pressure> last_;
  std::optional<Pressure> total_;
};

}  // namespace openclaw_lock
