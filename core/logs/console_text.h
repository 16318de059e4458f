// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/logs/console_line.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// Reads a gateway's console text, 2026.1.29 to 2026.9.6, line by line:
///
/// - compact, `2026-11-20T23:16:17.939+00:00 [diagnostic] message`;
/// - pretty, `23:16:17 [diagnostic] message`, coloured or not. It has no date:
///   the record's time is that of arrival;
/// - the CLI's `[diagnostic] message`, and `[session-write-lock] releasing ...`
///   of the watchdog (2026.3.28 on), without time;
/// - the same without `[subsystem]`: text that something printed, replies of
///   the model among it, verbatim. All further lines of a text have no header.
///
/// So the second line of a reply can have the very form of a gateway's line.
/// What tells it from one:
///
/// - A reply is one write to stdout, warnings and errors go to stderr. Where
///   the stream is known (Docker, CRI) nothing on stdout is a warning; this is
///   proof, and LogRecord::stream carries it to classify_log_record().
/// - Otherwise a line that arrives within kSameWrite of a record may belong to
///   it. It does unless it has a header of the same style whose time is at most
///   kClockSlack before that record's and after its own arrival. Where nobody
///   notes arrivals every line up to kMaxRecordLines may belong to it, and the
///   time of reading stands for arrival. Two exceptions: the watchdog's line,
///   and a CLI's `[subsystem] ` lines in a row.
///
/// What cannot be told: on a console whose streams are one and that is text (a
/// plain file, journald, a TTY), a reply that *begins* with `[diagnostic] ...`
/// gets a true header in front and is, byte for byte, the gateway's line; so is
/// a second line that has guessed the present second, or in a plain file any
/// time until it is read. The file log has neither weakness; IncidentTwins
/// demands a second witness of such records.
///
/// What is lost for it: warnings of a gateway whose stderr a shell has sent to
/// stdout (`2>&1`) inside a container; without known arrivals, lines of worker
/// threads (no header) and lines after the clock was set back.
class ConsoleTextDecoder {
 public:
  static constexpr std::chrono::milliseconds kSameWrite{1000};
  static constexpr std::chrono::milliseconds kClockSlack{1000};
  static constexpr int kMaxRecordLines = 1000;

  /// Empty for a line that belongs to the record before it. Longer lines than
  /// kMaxLogLineBytes are cut.
  std::optional<LogRecord> decode(const ConsoleLine& line);

 private:
  enum class Style { none, compact, pretty };
  /// A line taken apart: `rest` is what follows the time.
  struct Header {
    Style style = Style::none;
    WallTime time{};  ///< pretty: on 1 January 1970
    std::string_view rest;
  };

  static Header parse_header(std::string_view text);
  LogRecord to_record(const Header& header, const ConsoleLine& line) const;
  bool may_continue(const ConsoleLine& line) const;
  bool is_plausible(const Header& header, const ConsoleLine& line) const;
  bool begins_record(const Header& header, const ConsoleLine& line) const;

  /// Of the newest header, and of the newest record.
  Style style_ = Style::none;
  std::optional<WallTime> time_;
  std::optional<WallTime> arrived_at_;  ///< its first line
  bool has_subsystem_ = false;          ///< the newest line, where no style is
  /// It has written compact: no terminal, whose one stream Docker calls stdout.
  bool is_service_ = false;
  int lines_ = 0;  ///< that it has taken; 0 where there is no record yet
};

}  // namespace openclaw_lock
