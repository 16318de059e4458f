// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/wall_time.h"
#include "core/logs/console_line.h"
#include "core/logs/console_text.h"
#include "core/logs/cri.h"
#include "core/logs/docker_json.h"
#include "core/logs/incident_twins.h"
#include "core/logs/journald_json.h"
#include "core/logs/log_event.h"
#include "core/logs/log_format.h"
#include "core/logs/log_record.h"

namespace openclaw_lock {

/// What became of a line; values of the label `outcome`.
enum class LineOutcome {
  matched,    ///< is an event
  ignored,    ///< is none
  unparsed,   ///< not of the log's format, or in a log of unknown format
  oversized,  ///< longer than kMaxLogLineBytes
};

inline constexpr std::size_t kLineOutcomeCount = 4;

std::string_view to_string(LineOutcome outcome);

/// Lines by LineOutcome.
using LineCounts = std::array<std::uint64_t, kLineOutcomeCount>;

/// The formats that a log was found to have.
struct LogLayout {
  std::optional<LineFormat> line;     ///< empty: not known yet
  std::optional<LineFormat> console;  ///< of the console lines in a wrapper
  bool prefixed = false;  ///< another writer's words are in front (line_prefix)
  bool console_prefixed = false;  ///< of the console lines in a wrapper

  bool operator==(const LogLayout&) const = default;
};

/// Makes events of one log, whatever its format: recognises that by the first
/// line that proves one and keeps it. It is forgotten where kMaxMalformed lines
/// in a row are not of it: a gateway restarted with another console style. What
/// those lines tell is not lost: text between JSON is read at once, and JSON
/// between text then, for a reply may hold some. JSON whose time cannot be that
/// of its writing is always a reply's.
///
/// Whether the first line of a console text is a record or the middle of one
/// cannot be known: begin some lines earlier, and drop what they give.
class LogDecoder {
 public:
  static constexpr int kMaxMalformed = 20;
  static constexpr int kFewLines = 5;  ///< may be of another program's start
  static constexpr std::size_t kMaxHeldBytes = 65536;

  using Visitor = std::function<void(const LogEvent&, LogSource)>;

  LogDecoder() = default;
  /// With the formats that it was found to have before.
  explicit LogDecoder(const LogLayout& layout) : layout_{layout} {}

  /// Decodes whole lines, the last with its newline. Each is counted once; a
  /// line's leading NUL bytes (a file truncated under its writer) are skipped.
  /// Of OpenClaw's file log only what can be an event is decoded, and lines
  /// that are no records by their look (sieve_openclaw_json); what else is
  /// broken counts as ignored. `read_at`: not before the lines were written.
  void decode(std::string_view lines, LineCounts& counts, const Visitor& visit,
              std::optional<WallTime> read_at = {});

  /// A line of a console from elsewhere: the journal.
  void decode(const ConsoleLine& line, LineCounts& counts,
              const Visitor& visit);

  const LogLayout& layout() const { return layout_; }

  /// Lines were read, and none proves a format; or those that look like a
  /// gateway's all stand behind something else by now.
  bool is_lost() const {
    return (!is_known() && strange_ >= kFewLines) || quoted_ >= kMaxMalformed;
  }

  /// Own time stamp of the newest line that has one.
  std::optional<WallTime> last_line_at() const { return last_line_at_; }

 private:
  /// What says something is understood.
  bool is_known() const;
  /// One that can be sieved.
  bool is_file_log() const {
    return layout_.line == LineFormat::openclaw_json && !layout_.prefixed;
  }
  /// A line that is not of the log's format.
  struct Held {
    std::string line;
    std::optional<ConsoleLine> console;  ///< instead of it
  };

  void recognise(std::string_view line);
  void recognise_console(std::string_view text);
  void note_quotes(std::string_view text);
  void hold(Held held);
  void begin_anew(const Visitor& visit, const std::optional<WallTime>& read_at);
  void decode_file_log(std::string_view lines, LineCounts& counts,
                       const Visitor& visit);
  bool take_accepted_turn(std::string_view line, LineCounts& counts,
                          const Visitor& visit);
  void take_line(std::string_view line, LineCounts& counts,
                 const Visitor& visit, const std::optional<WallTime>& read_at);
  void count(LineOutcome outcome, LineCounts& counts);
  LineOutcome decode_line(std::string_view line, const Visitor& visit,
                          const std::optional<WallTime>& read_at);
  LineOutcome unwrap(const Result<std::optional<ConsoleLine>>& line,
                     const Visitor& visit);
  LineOutcome decode_console(const ConsoleLine& line, const Visitor& visit);
  LineOutcome decode_early_line(const ConsoleLine& line, const Visitor& visit);
  LineOutcome decode_known_console(const ConsoleLine& line,
                                   const Visitor& visit);
  LineOutcome decode_console_json(const ConsoleLine& line,
                                  const Visitor& visit);
  LineOutcome decode_console_text(const ConsoleLine& line,
                                  const Visitor& visit);
  bool may_be_from_json_console(const ConsoleLine& line) const;
  LineOutcome take(const Result<LogRecord>& record, const Visitor& visit);
  LineOutcome take_record(const LogRecord& record, const Visitor& visit);
  void name_database(const LogRecord& record, LogEvent& event);

  LogLayout layout_;
  int malformed_ = 0;        ///< lines in a row
  int strange_ = 0;          ///< the same, of those that say nothing to us
  int quoted_ = 0;           ///< lines of a text that hold a gateway's
  bool is_empty_ = false;    ///< the line under way
  bool is_strange_ = false;  ///< the line under way is not of the format
  std::vector<Held> held_;   ///< of those in a row the ones that were not read
  std::size_t held_bytes_ = 0;
  DockerJsonDecoder docker_;
  CriDecoder cri_;
  JournaldJsonDecoder journald_;
  ConsoleTextDecoder console_text_;
  IncidentTwins twins_;
  /// The newest failed wait for a database.
  struct FailedWait {
    std::optional<WallTime> at;
    std::optional<std::chrono::milliseconds> wait;
    std::string database;
  };
  FailedWait failed_wait_;
  std::optional<WallTime> last_line_at_;
};

}  // namespace openclaw_lock
