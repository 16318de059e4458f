// SPDX-License-Identifier: Apache-2.0
#include "core/logs/log_intake.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {

LogIntake::Owner LogIntake::owner_of(std::string_view path, bool shared,
                                     std::string& dir) const {
  std::size_t own = 0;
  for (const auto& mine : own_dirs_)
    if (lies_in(path, mine)) own = std::max(own, mine.size());
  const std::string* other = nullptr;
  if (places_)
    for (const auto& theirs : places_->dirs)
      if (lies_in(path, theirs) && theirs.size() > own &&
          (!other || theirs.size() > other->size()) &&
          std::ranges::find(own_dirs_, theirs) == own_dirs_.end())
        other = &theirs;
  // A state directory may lie in another.
  if (other) {
    dir = *other;
    return Owner::another;
  }
  return own > 0 || !shared ? Owner::this_gateway : Owner::nobody;
}

/// Whose log it is by its name, where that is another gateway's; else null.
const std::string* LogIntake::other_by_name(const LogOrigin& origin) const {
  if (!places_ || origin.profile.empty()) return nullptr;
  const auto found = places_->profiles.find(origin.profile);
  if (found == places_->profiles.end() ||
      std::ranges::find(own_dirs_, found->second) != own_dirs_.end())
    return nullptr;
  return &found->second;
}

LogIntake::Owner LogIntake::owner_of(const LogEvent& event,
                                     const LogOrigin& origin,
                                     std::string& dir) {
  if (own_dirs_.empty()) return Owner::this_gateway;
  const auto* const other = other_by_name(origin);
  const bool has_path =
      event.incident && event.incident->lock_path.starts_with('/');
  if (has_path) {
    const auto owner =
        owner_of(event.incident->lock_path, origin.shared || other, dir);
    if (owner != Owner::nobody || !other) return owner;
  }
  if (other) {
    dir = *other;
    return Owner::another;
  }
  if (!event.fallback) return Owner::this_gateway;
  const auto& decision = *event.fallback;
  if (decision.lock_path.starts_with('/') &&
      owner_of(decision.lock_path, false, dir) == Owner::another) {
    note_run(decision, dir);
    return Owner::another;
  }
  const auto run =
      std::ranges::find(foreign_runs_, decision.run_id, &ForeignRun::id);
  if (decision.run_id.empty() || run == foreign_runs_.end())
    return Owner::this_gateway;
  dir = run->dir;
  return Owner::another;
}

void LogIntake::note_run(const FallbackDecision& decision,
                         const std::string& dir) {
  if (decision.run_id.empty()) return;
  std::erase_if(foreign_runs_, [&](const ForeignRun& run) {
    return run.id == decision.run_id;
  });
  foreign_runs_.push_back({decision.run_id, dir});
  if (foreign_runs_.size() > kMaxForeignRuns) foreign_runs_.pop_front();
}

LogDecoder::Visitor LogIntake::visitor(const LogOrigin& origin, WallTime now) {
  return [this, &origin, now](const LogEvent& event, LogSource source) {
    std::string dir;
    switch (owner_of(event, origin, dir)) {
      case Owner::this_gateway:
        ledger_.add(event, source, now);
        break;
      case Owner::another:
        if (foreign_.size() < kMaxForeign)
          foreign_.push_back({std::move(dir), origin.id, event, source});
        else
          ++lost_;
        break;
      case Owner::nobody:
        break;
    }
  };
}

std::vector<ForeignEvent> LogIntake::take_foreign(std::size_t& lost) {
  lost = std::exchange(lost_, 0);
  return std::exchange(foreign_, {});
}

void LogIntake::finish(const LineCounts& counts, const LogDecoder& decoder,
                       WallTime now) {
  ledger_.count_lines(counts);
  if (const auto at = decoder.last_line_at();
      at && *at <= now + LogLedger::kMaxAhead)
    ledger_.note_line_at(*at);
}

void LogIntake::take(std::string_view lines, LogDecoder& decoder,
                     const LogOrigin& origin, WallTime now) {
  LineCounts counts{};
  decoder.decode(lines, counts, visitor(origin, now), now);
  finish(counts, decoder, now);
}

void LogIntake::take(const ConsoleLine& line, LogDecoder& decoder,
                     const LogOrigin& origin, WallTime now) {
  LineCounts counts{};
  decoder.decode(line, counts, visitor(origin, now));
  finish(counts, decoder, now);
}

void LogIntake::take_oversized() {
  LineCounts counts{};
  counts[static_cast<std::size_t>(LineOutcome::oversized)] = 1;
  ledger_.count_lines(counts);
}

}  // namespace openclaw_lock
