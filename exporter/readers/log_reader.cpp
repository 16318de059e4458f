// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/log_reader.h"

#include <poll.h>
#include <unistd.h>

#include <utility>

#include "exporter/clock.h"

namespace openclaw_lock {
namespace {

using std::chrono::seconds;

constexpr seconds kRoundTime{1};

bool is_readable(int descriptor) {
  pollfd event{descriptor, POLLIN, 0};
  return descriptor >= 0 && ::poll(&event, 1, 0) > 0;
}

}  // namespace

LogReader::LogReader(LogReaderSettings settings,
                     std::optional<LogCheckpoint> restored)
    : settings_{std::move(settings)},
      ledger_{restored ? std::move(restored->ledger) : LogLedger::State{}},
      intake_{ledger_, settings_.own_dirs},
      follower_{settings_.files, settings_.owner, intake_} {
  if (settings_.standard_input) input_.emplace(STDIN_FILENO);
  if (restored)
    follower_.restore(std::move(restored->sources), std::move(restored->files));
}

RoundResult LogReader::round() {
  RoundResult result;
  const auto until = monotonic_now() + kRoundTime;
  const auto now = wall_time_now();
  const auto state = follower_.round(
      now, [until] { return monotonic_now() >= until; }, result.problems);
  read_input(now, result.problems);
  wants_round_ = state != ReadState::at_end;
  if (!settings_.files.empty() && follower_.followed() == 0)
    result.problems.push_back({Fault::missing, settings_.files[0].pattern,
                               "no log is there to follow"});
  result.success = result.problems.empty();
  return result;
}

void LogReader::read_input(WallTime now, std::vector<Problem>& problems) {
  const auto until = monotonic_now() + kRoundTime;
  while (input_ && is_readable(input_->descriptor()) &&
         monotonic_now() < until) {
    const auto more = input_->read_on(intake_, now);
    if (!more) problems.push_back(more.problem());
    if (!more || !*more) return;
  }
}

std::vector<int> LogReader::descriptors() const {
  std::vector<int> descriptors;
  if (input_ && input_->descriptor() >= 0)
    descriptors.push_back(input_->descriptor());
  return descriptors;
}

LogReport LogReader::report() const {
  LogReport report;
  report.totals = ledger_.totals();
  report.kept = ledger_.kept();
  report.files = follower_.followed();
  if (input_ && input_->descriptor() >= 0) ++report.files;
  report.unread_bytes = follower_.unread_bytes();
  return report;
}

LogCheckpoint LogReader::checkpoint() const {
  LogCheckpoint checkpoint;
  checkpoint.gateway = settings_.gateway;
  checkpoint.sources = follower_.known_sources();
  checkpoint.files = follower_.positions();
  checkpoint.ledger = ledger_.state();
  return checkpoint;
}

}  // namespace openclaw_lock
