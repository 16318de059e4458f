// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_intake.h"

#include <algorithm>

namespace openclaw_lock {
namespace {

bool lies_in(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace

bool LogIntake::is_own(const LogEvent& event) const {
  if (!event.incident || own_dirs_.empty()) return true;
  const std::string_view path = event.incident->lock_path;
  if (!path.starts_with('/')) return true;
  return std::any_of(own_dirs_.begin(), own_dirs_.end(),
                     [&](const auto& dir) { return lies_in(path, dir); });
}

LogDecoder::Visitor LogIntake::visitor(bool shared, WallTime now) {
  return [this, shared, now](const LogEvent& event, LogSource source) {
    if (!shared || is_own(event)) ledger_.add(event, source, now);
  };
}

void LogIntake::finish(const LineCounts& counts, const LogDecoder& decoder,
                       WallTime now) {
  ledger_.count_lines(counts);
  if (const auto at = decoder.last_line_at();
      at && *at <= now + LogLedger::kMaxAhead)
    ledger_.note_line_at(*at);
}

void LogIntake::take(std::string_view lines, LogDecoder& decoder, bool shared,
                     WallTime now) {
  LineCounts counts{};
  decoder.decode(lines, counts, visitor(shared, now), now);
  finish(counts, decoder, now);
}

void LogIntake::take(const ConsoleLine& line, LogDecoder& decoder, bool shared,
                     WallTime now) {
  LineCounts counts{};
  decoder.decode(line, counts, visitor(shared, now));
  finish(counts, decoder, now);
}

void LogIntake::take_oversized() {
  LineCounts counts{};
  counts[static_cast<std::size_t>(LineOutcome::oversized)] = 1;
  ledger_.count_lines(counts);
}

}  // namespace openclaw_lock
