// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// Puts together a line that a wrapper has cut. Keeps the first kMaxBytes and
/// drops the rest: what a line means stands at its start.
class LineJoiner {
 public:
  static constexpr std::size_t kMaxBytes = 256 * 1024;

  /// The whole line once its last piece is there.
  std::optional<std::string> add(std::string_view piece, bool is_last);

  bool is_empty() const { return pending_.empty(); }

 private:
  std::string pending_;
};

}  // namespace openclaw_lock
