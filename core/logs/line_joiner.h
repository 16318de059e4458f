// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace openclaw_lock {

/// Puts together a line that a wrapper has cut. Keeps the first 256 KiB and
/// drops the rest: what a line means stands at its start.
class LineJoiner {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 18;

  /// The whole line once its last piece is there.
  std::optional<std::string> add(std::string_view piece, bool is_last);

 private:
  std::string pending_;
};

}  // namespace openclaw_lock
