// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_fingerprints.h"
#include "core/logs/log_ledger.h"

namespace openclaw_lock {

/// How far one log file was read.
struct LogPosition {
  std::string path;  ///< where it last lay
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;  ///< bytes read; at the start of a line
  /// Or within one, whose rest is to be skipped: it was oversized and is
  /// counted, or began before we did. With an empty `tail` not even that is
  /// known.
  bool mid_line = false;
  HeadFingerprint head;
  TailFingerprint tail;  ///< before `offset`
  LogLayout layout;

  bool operator==(const LogPosition&) const = default;
};

/// What the log reader of one gateway keeps over a restart: positions and
/// counts of one instant, so that what is read again is not counted again.
struct LogCheckpoint {
  std::string gateway;
  std::set<std::string> sources;  ///< that were looked at: files new there are
                                  ///< read from their start
  std::set<std::string> unseen;   ///< places there that could not be looked at
  std::optional<WallTime> looked_at;  ///< the last time; by 0.1.0 not known
  std::vector<LogPosition> files;
  std::map<std::string, std::string> cursors;  ///< of the journal, by source
  LogLedger::State ledger;
};

/// JSON in one line.
std::string encode_checkpoint(const LogCheckpoint& checkpoint);

/// Malformed is what is of another form.
Result<LogCheckpoint> decode_checkpoint(std::string_view text);

/// A checkpoint in a file of its own, as version 0.1.0 kept it: the same JSON
/// behind a line with its CRC-32. Malformed is what was cut or changed, too.
Result<LogCheckpoint> decode_checkpoint_file(std::string_view text);

}  // namespace openclaw_lock
