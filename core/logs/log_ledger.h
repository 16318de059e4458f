// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/wall_time.h"
#include "core/locks/agent_labels.h"
#include "core/locks/hold_histogram.h"
#include "core/logs/incident_ledger.h"
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
  /// By TurnOutcome; empty before the first.
  std::optional<std::array<std::uint64_t, kTurnOutcomeCount>> turns;
  /// Stalls of the event loop, by the event that tells of them.
  std::map<LogEventKind, HoldHistogram> stalls;
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

/// What is counted once though OpenClaw writes it to its file log and to its
/// console.
enum class TwoLogThing {
  failed_wait,  ///< for a database
  slow_wait,
  stall,  ///< of the event loop
  turn_ok,
  turn_error,
};

inline constexpr std::size_t kTwoLogThingCount = 5;

std::string_view to_string(TwoLogThing thing);

/// One that was counted from one log and may yet be met in the other.
struct SeenInOneLog {
  TwoLogThing thing = TwoLogThing::failed_wait;
  bool in_file_log = false;
  std::optional<WallTime> at;

  bool operator==(const SeenInOneLog&) const = default;
};

/// Counts the events of one gateway: each line of the catalogue, and each
/// incident (see IncidentLedger) and TwoLogThing once even where the gateway's
/// file log and its console are both read: what both tell within kMaxApart is
/// one thing. The last kRemembered of which one log has told are waited for.
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
    IncidentLedger incidents;
    std::deque<SeenInOneLog> seen;  ///< oldest first
    AgentLabels agents;
  };

  LogLedger() = default;
  explicit LogLedger(State state);

  /// `now`: for events without a time of their own, or with one beyond
  /// kMaxAhead.
  void add(const LogEvent& event, LogSource source, WallTime now);

  /// A round of reading has ended. `behind`: there is more to read.
  void settle(WallTime now, bool behind = false);
  /// What was read so far may mean more soon: settle() again then.
  bool waits() const { return state_.incidents.waits(); }

  void count_lines(const LineCounts& counts);
  void count_bytes(std::uint64_t bytes) { state_.totals.bytes += bytes; }
  void count_rotation() { ++state_.totals.rotations; }
  void note_line_at(WallTime at);

  const LogTotals& totals() const { return state_.totals; }
  const KeptIncidents& kept() const { return state_.kept; }
  const State& state() const { return state_; }

 private:
  std::size_t& waiting(TwoLogThing thing, bool in_file_log);
  bool is_second_sight(TwoLogThing thing, const LogEvent& event,
                       bool in_file_log);
  void count(const std::vector<IncidentLedger::Failure>& failures,
             WallTime now);
  void keep(const LockIncident& incident, WallTime at);

  /// Of state_.seen: how many of each thing, in the console and in the file
  /// log.
  std::array<std::array<std::size_t, 2>, kTwoLogThingCount> waiting_{};
  State state_;
};

}  // namespace openclaw_lock
