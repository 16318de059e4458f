// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/logs/log_checkpoint.h"
#include "core/logs/log_intake.h"
#include "core/logs/log_ledger.h"
#include "core/sources/source_health.h"
#include "exporter/readers/line_input.h"
#include "exporter/readers/log_follower.h"

namespace openclaw_lock {

/// Where the logs of one gateway are.
struct LogReaderSettings {
  std::string gateway;
  std::vector<FollowedSource> files;
  bool standard_input = false;
  std::vector<std::string> journal_units;
  /// See LogIntake and list_logs(): what in shared sources is the gateway's.
  std::vector<std::string> own_dirs;
  std::optional<uid_t> owner;
};

/// What is known of the logs of one gateway.
struct LogReport {
  LogTotals totals;
  KeptIncidents kept;
  std::size_t files = 0;           ///< followed; journal and input count as one
  std::uint64_t unread_bytes = 0;  ///< of files, incomplete lines included

  bool operator==(const LogReport&) const = default;
};

/// Reads all logs of one gateway. Not thread-safe; its thread may hang in it.
class LogReader {
 public:
  LogReader(LogReaderSettings settings,
            std::optional<LogCheckpoint> restored = {});

  /// Reads what is new, for about a second at most.
  RoundResult round();

  /// There is more to read at once.
  bool wants_round() const { return wants_round_; }

  /// What poll(2) should watch: a round is due when one is readable.
  std::vector<int> descriptors() const;

  LogReport report() const;
  LogCheckpoint checkpoint() const;

 private:
  void read_input(WallTime now, std::vector<Problem>& problems);

  LogReaderSettings settings_;
  LogLedger ledger_;
  LogIntake intake_;
  LogFollower follower_;
  std::optional<LineInput> input_;
  bool wants_round_ = false;
};

}  // namespace openclaw_lock
