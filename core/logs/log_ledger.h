// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "core/base/wall_time.h"
#include "core/locks/agent_labels.h"
#include "core/locks/hold_histogram.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_event.h"

namespace openclaw_lock {

/// Series that timeouts are counted in.
struct TimeoutSeries {
  std::string agent;  ///< value of the label
  TimeoutKind kind = TimeoutKind::session;

  auto operator<=>(const TimeoutSeries&) const = default;
};

/// What was counted in one gateway's logs.
struct LogTotals {
  std::map<TimeoutSeries, std::uint64_t> timeouts;
  std::map<TimeoutKind, HoldHistogram> waits;
  std::array<std::uint64_t, kLogEventKindCount> events{};
  LineCounts lines{};
  std::uint64_t bytes = 0;      ///< read
  std::uint64_t rotations = 0;  ///< rotations and truncations followed
  std::optional<WallTime> last_timeout_at;
  std::optional<WallTime> last_line_at;  ///< by its own stamp

  bool operator==(const LogTotals&) const = default;
};

/// An incident, and when it was.
struct KeptIncident {
  WallTime at{};
  LockIncident incident;

  bool operator==(const KeptIncident&) const = default;
};

/// What people ask for when the log has long been rotated away.
struct KeptIncidents {
  std::optional<KeptIncident> first;  ///< after the newest quiet hour
  std::optional<KeptIncident> newest;

  bool operator==(const KeptIncidents&) const = default;
};

/// An incident or wait that was counted from one log and may yet be met in the
/// other: OpenClaw writes each to its file log and to its console.
struct SeenOnce {
  std::uint64_t key = 0;  ///< hash of what both logs say of it
  bool in_file_log = false;
  std::optional<WallTime> at;

  bool operator==(const SeenOnce&) const = default;
};

/// Counts the events of one gateway, each incident and each SQLite wait once
/// even where the gateway's file log and its console are both read.
///
/// The same incident is what agrees in kind, lane, wait, lock and holder,
/// within kMaxApart, in logs of the two sorts; within one log each line is an
/// incident. The last kRemembered are waited for: a log that is read so much
/// later counts anew.
class LogLedger {
 public:
  static constexpr std::chrono::milliseconds kMaxApart{2000};
  static constexpr std::size_t kRemembered = 512;
  static constexpr std::chrono::hours kQuiet{1};
  /// A stamp further ahead is of a clock gone wrong: it would stay the newest.
  static constexpr std::chrono::minutes kMaxAhead{5};

  /// What must survive a restart.
  struct State {
    LogTotals totals;
    KeptIncidents kept;
    std::deque<SeenOnce> seen;  ///< oldest first
    AgentLabels agents;
  };

  LogLedger() = default;
  explicit LogLedger(State state) : state_{std::move(state)} {}

  /// `now`: for events without a time of their own, or with one beyond
  /// kMaxAhead.
  void add(const LogEvent& event, LogSource source, WallTime now);

  void count_lines(const LineCounts& counts);
  void count_bytes(std::uint64_t bytes) { state_.totals.bytes += bytes; }
  void count_rotation() { ++state_.totals.rotations; }
  void note_line_at(WallTime at);

  const LogTotals& totals() const { return state_.totals; }
  const KeptIncidents& kept() const { return state_.kept; }
  const State& state() const { return state_; }

 private:
  bool is_second_sight(const LogEvent& event, LogSource source);
  void keep(const LockIncident& incident, WallTime at);

  State state_;
};

}  // namespace openclaw_lock
