// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace openclaw_lock {

/// Adds up the out-of-memory kills in the control groups of one gateway, while
/// they come and go.
class OomLedger {
 public:
  /// What each group says now, by path. What it says when it is first seen does
  /// not count; one whose figure went back is another of its name, and that
  /// figure counts.
  void observe(std::map<std::string, std::uint64_t> groups);

  /// Empty until a group was seen.
  const std::optional<std::uint64_t>& total() const { return total_; }

 private:
  std::map<std::string, std::uint64_t> last_;
  std::optional<std::uint64_t> total_;
};

}  // namespace openclaw_lock
