// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "core/logs/log_record.h"

namespace openclaw_lock {

/// The second witness that an incident in forgeable console text needs (see
/// ConsoleTextDecoder). A failed run writes its error twice, first for its
/// global lane and then for its session lane (2026.1.29 to 2026.7.35; seen 1
/// to 26 ms apart):
///
///     [diagnostic] lane task error: lane=main durationMs=1 error="E"
///     [diagnostic] lane task error: lane=session:KEY durationMs=2 error="E"
///
/// A reply can forge one such record with its own, true header, but the second
/// one only by knowing the time at which it will be printed. SQLite waits that
/// failed have no twin: in such text they can be forged.
class IncidentTwins {
 public:
  static constexpr std::chrono::milliseconds kMaxApart{2000};
  static constexpr std::size_t kRemembered = 16;
  static constexpr std::size_t kMaxErrorBytes = 4096;  ///< that are compared

  /// Show it every record of a console, in order. False for a record that must
  /// not count as an incident: console text of unknown stream from a session
  /// lane without its twin before it. True for any other.
  bool is_credible(const LogRecord& record);

 private:
  struct Twin {
    std::string error;
    std::optional<WallTime> time;
  };
  std::array<Twin, kRemembered> seen_;
  std::size_t next_ = 0;
};

}  // namespace openclaw_lock
