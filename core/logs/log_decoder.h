// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

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

  bool operator==(const LogLayout&) const = default;
};

/// Makes events of one log, whatever its format: recognises that by the first
/// line that proves one and keeps it. It is forgotten where kMaxMalformed lines
/// in a row are not of it: a gateway restarted with another console style. That
/// a console text has become JSON is known only inside a wrapper, by lines that
/// tell the time of their arrival: a reply may hold any others.
///
/// Whether the first line of a console text is a record or the middle of one
/// cannot be known: begin some lines earlier, and drop what they give.
class LogDecoder {
 public:
  static constexpr int kMaxMalformed = 20;

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

  /// Own time stamp of the newest line that has one.
  std::optional<WallTime> last_line_at() const { return last_line_at_; }

 private:
  void decode_file_log(std::string_view lines, LineCounts& counts,
                       const Visitor& visit);
  void count(LineOutcome outcome, LineCounts& counts);
  LineOutcome decode_line(std::string_view line, const Visitor& visit,
                          const std::optional<WallTime>& read_at);
  LineOutcome unwrap(const Result<std::optional<ConsoleLine>>& line,
                     const Visitor& visit);
  LineOutcome decode_console(const ConsoleLine& line, const Visitor& visit);
  LineOutcome take(const Result<LogRecord>& record, const Visitor& visit);
  LineOutcome take_record(const LogRecord& record, const Visitor& visit);
  LogLayout layout_;
  int malformed_ = 0;  ///< lines in a row
  DockerJsonDecoder docker_;
  CriDecoder cri_;
  JournaldJsonDecoder journald_;
  ConsoleTextDecoder console_text_;
  IncidentTwins twins_;
  std::optional<WallTime> last_line_at_;
};

}  // namespace openclaw_lock
