// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_reader.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string_view>
#include <utility>

#include "exporter/system/clock.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

/// Less than what would keep others of its disk from their turns.
constexpr std::chrono::milliseconds kRoundTime{150};
constexpr std::string_view kJournal = "journald:";
constexpr std::size_t kJournalEntries = 1000;

/// It can be read for one gateway only, and for good.
bool claim_standard_input() {
  static std::atomic_flag claimed;
  return !claimed.test_and_set();
}

/// All who read a unit's journal read the same.
LogFileId origin_of_journal(const std::string& source) {
  return {0, std::hash<std::string>{}(source) | 1};
}

bool is_readable(int descriptor) {
  pollfd event{descriptor, POLLIN, 0};
  return descriptor >= 0 && ::poll(&event, 1, 0) > 0;
}

/// As many as a line of a log can take.
std::string named_patterns(const std::vector<FollowedSource>& sources) {
  constexpr std::size_t kMost = 4;
  std::string names;
  for (std::size_t i = 0; i < std::min(kMost, sources.size()); ++i)
    names += (i == 0 ? "" : ", ") + sources[i].pattern;
  if (sources.size() > kMost)
    names += " and " + std::to_string(sources.size() - kMost) + " more";
  return names;
}

}  // namespace

LogReader::LogReader(std::string gateway, std::optional<LogCheckpoint> restored,
                     std::shared_ptr<PatternListers> listers)
    : gateway_{std::move(gateway)},
      ledger_{restored ? std::move(restored->ledger) : LogLedger::State{}},
      intake_{ledger_},
      listers_{std::move(listers)},
      follower_{intake_, listers_} {
  if (!restored) return;
  follower_.restore(std::move(restored->sources), std::move(restored->unseen),
                    restored->looked_at, std::move(restored->files));
  cursors_ = std::move(restored->cursors);
}

void LogReader::watch(const WatchedGateway& gateway) {
  files_.clear();
  wants_input_ = false;
  std::map<std::string, Unit> units;
  for (const auto& log : gateway.logs) {
    if (log.source == "-") {
      if (!input_ && claim_standard_input())
        input_.emplace(STDIN_FILENO, log.shared);
      wants_input_ = true;
    } else if (log.source.starts_with(kJournal)) {
      const auto known = units_.find(log.source);
      units[log.source] =
          known == units_.end() ? Unit{} : std::move(known->second);
    } else {
      files_.push_back({log.source, log.shared, log.named});
    }
  }
  units_ = std::move(units);
  host_dirs_ = gateway.host_dirs;
  intake_.set_own_dirs(gateway.own_dirs);
  follower_.watch(files_, gateway.owner, gateway.host_dirs);
}

RoundResult LogReader::round(const Gate& gate,
                             const std::shared_ptr<const KnownPlaces>& places,
                             ForeignEvents* foreign) {
  RoundResult result;
  const auto began = monotonic_now();
  intake_.set_known_places(places);
  follower_.set_known_places(places);
  const auto until = began + kRoundTime;
  const auto now = wall_time_now();
  const auto state = follower_.round(
      now, [until] { return monotonic_now() >= until; }, result.problems, gate);
  wants_round_ = state != ReadState::at_end;
  read_input(now, result.problems);
  read_journals(now, gate, result.problems);
  if (foreign) exchange(*foreign, began, now, result.problems);
  intake_.settle(now, wants_round_);
  if (!has_sources())
    result.problems.push_back({Fault::missing,
                               files_.empty() ? "logs" : named_patterns(files_),
                               "no log is there to follow"});
  result.success = result.problems.empty();
  return result;
}

/// What was handed over before this round's listing was made is of logs that
/// are known here by now, or never will be.
void LogReader::exchange(ForeignEvents& foreign, MonotonicTime began,
                         WallTime now, std::vector<Problem>& problems) {
  std::size_t lost = 0;
  auto events = intake_.take_foreign(lost);
  lost += foreign.put(gateway_, std::move(events), monotonic_now());
  if (lost > 0)
    problems.push_back({Fault::too_big, "logs",
                        std::to_string(lost) +
                            " events of other gateways could not be handed "
                            "over to them"});
  if (wants_round_) return;
  for (const auto& told : foreign.take(host_dirs_, began - listers_->max_age()))
    if (!reads(told.origin)) intake_.take(told, now);
}

bool LogReader::reads(LogFileId origin) const {
  return follower_.follows(origin) ||
         std::ranges::any_of(units_, [origin](const auto& unit) {
           return origin_of_journal(unit.first) == origin;
         });
}

void LogReader::read_input(WallTime now, std::vector<Problem>& problems) {
  if (wants_input_ && !input_)
    problems.push_back({Fault::malformed, "standard input",
                        "is read for another gateway; name the one that it is "
                        "of: --openclaw.log=NAME=-"});
  if (!input_) return;
  // By now whoever asked for a whole sample has it.
  if (wants_input_ && input_->descriptor() < 0)
    problems.push_back({Fault::missing, "standard input",
                        "has ended: what wrote to it is gone"});
  const auto until = monotonic_now() + kRoundTime;
  while (is_readable(input_->descriptor()) && monotonic_now() < until) {
    const auto more = input_->read_on(intake_, now);
    if (!more) problems.push_back(more.problem());
    if (!more || !*more) break;
  }
  if (input_->is_unrecognised())
    problems.push_back({Fault::unrecognised, "standard input",
                        "no line of it is of a form that is known"});
}

std::optional<Problem> LogReader::open(const std::string& source, Unit& unit) {
  auto journal = open_journal(source.substr(kJournal.size()));
  if (!journal) return journal.problem();
  const auto cursor = cursors_.find(source);
  if (cursor == cursors_.end()) {
    if (auto problem = (*journal)->seek_end()) return problem;
  } else {
    const auto found = (*journal)->seek_after(cursor->second);
    if (!found) return found.problem();
  }
  cursors_[source] = (*journal)->cursor();
  unit.journal = *std::move(journal);
  return {};
}

void LogReader::read_journals(WallTime now, const Gate& gate,
                              std::vector<Problem>& problems) {
  if (units_.empty()) return;
  // It lies in one of these, or in both.
  for (const auto* place : {"/run/log/journal", "/var/log/journal"})
    if (!gate(place)) {
      problems.push_back(shut_gate(place));
      return;
    }
  const auto until = monotonic_now() + kRoundTime;
  for (auto& [source, unit] : units_) {
    if (!unit.journal)
      if (auto problem = open(source, unit)) {
        problems.push_back(*std::move(problem));
        continue;
      }
    const LogOrigin origin{false, origin_of_journal(source)};
    const auto take = [this, now, &origin,
                       &decoder = unit.decoder](const ConsoleLine& line) {
      intake_.count_bytes(line.text.size() + 1);
      intake_.take(line, decoder, origin, now);
    };
    for (bool more = true; more;) {
      const auto drained = unit.journal->drain(kJournalEntries, take);
      if (!drained) problems.push_back(drained.problem());
      more = drained && !*drained && monotonic_now() < until;
      wants_round_ = wants_round_ || (drained && !*drained && !more);
    }
    cursors_[source] = unit.journal->cursor();
  }
}

bool LogReader::has_sources() const {
  return follower_.followed() > 0 || input_ || !units_.empty();
}

std::vector<int> LogReader::descriptors() const {
  std::vector<int> descriptors;
  if (input_ && input_->descriptor() >= 0)
    descriptors.push_back(input_->descriptor());
  for (const auto& [source, unit] : units_)
    if (unit.journal && unit.journal->descriptor() >= 0)
      descriptors.push_back(unit.journal->descriptor());
  return descriptors;
}

LogFacts LogReader::report() const {
  LogFacts report;
  report.totals = ledger_.totals();
  report.kept = ledger_.kept();
  report.files = follower_.followed();
  const bool is_open = input_ && input_->descriptor() >= 0;
  if (is_open) ++report.files;
  report.input_open = is_open || (input_ && ledger_.waits());
  for (const auto& [source, unit] : units_)
    if (unit.journal) ++report.files;
  report.unread_bytes = follower_.unread_bytes();
  return report;
}

LogCheckpoint LogReader::checkpoint() const {
  LogCheckpoint checkpoint;
  checkpoint.gateway = gateway_;
  checkpoint.sources = follower_.known_sources();
  checkpoint.unseen = follower_.unseen_places();
  checkpoint.looked_at = follower_.looked_at();
  checkpoint.files = follower_.positions();
  checkpoint.cursors = cursors_;
  checkpoint.ledger = ledger_.state();
  return checkpoint;
}

}  // namespace openclaw_lock
