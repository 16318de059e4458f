// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/wall_time.h"
#include "core/logs/console_line.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_ledger.h"

namespace openclaw_lock {

/// The way from a gateway's log lines into its ledger.
class LogIntake {
 public:
  explicit LogIntake(LogLedger& ledger) : ledger_{ledger} {}

  /// The directories that the gateway's records may name in a log that it
  /// shares with others. Without any, each record is its own.
  void set_own_dirs(std::vector<std::string> own_dirs) {
    own_dirs_ = std::move(own_dirs);
  }

  /// Counts whole lines, the last with its newline. `shared`: incidents that
  /// name a lock or database outside own_dirs belong to somebody else. `now`:
  /// not before the lines were written.
  void take(std::string_view lines, LogDecoder& decoder, bool shared,
            WallTime now);
  void take(const ConsoleLine& line, LogDecoder& decoder, bool shared,
            WallTime now);

  /// A line of which only its excessive length is known.
  void take_oversized();

  void count_bytes(std::uint64_t bytes) { ledger_.count_bytes(bytes); }
  void count_rotation() { ledger_.count_rotation(); }

 private:
  LogDecoder::Visitor visitor(bool shared, WallTime now);
  void finish(const LineCounts& counts, const LogDecoder& decoder,
              WallTime now);
  bool is_own(const LogEvent& event) const;

  LogLedger& ledger_;
  std::vector<std::string> own_dirs_;
};

}  // namespace openclaw_lock
