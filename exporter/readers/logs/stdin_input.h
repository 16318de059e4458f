// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_intake.h"

namespace openclaw_lock {

/// A log that is piped in: it has no position, and is over when it ends.
class StdinInput {
 public:
  /// `descriptor` stays the caller's. `shared`: see LogIntake.
  StdinInput(int descriptor, bool shared)
      : descriptor_{descriptor}, shared_{shared} {}

  /// For poll(2); -1 once it has ended.
  int descriptor() const { return descriptor_; }

  /// See LogDecoder::is_lost().
  bool is_unrecognised() const { return decoder_.is_lost(); }

  /// Reads once, what is there; call it when poll(2) says so. A last line
  /// without newline counts. False at the end.
  Result<bool> read_on(LogIntake& intake, WallTime now);

 private:
  void take(LogIntake& intake, WallTime now);

  int descriptor_;
  bool shared_;
  LogDecoder decoder_;
  std::string pending_;
  bool mid_line_ = false;  ///< of an oversized line, counted already
};

}  // namespace openclaw_lock
