// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/logs/log_event.h"

namespace openclaw_lock {

/// An incident of which a line, or more, has told.
struct ToldIncident {
  enum class State {
    counted,    ///< or never to be
    undecided,  ///< its run may go on with another model
    retrying,   ///< it does
  };

  TimeoutKind kind = TimeoutKind::session;
  std::uint64_t path = 0;  ///< hash; 0: not named
  std::uint64_t lane = 0;  ///< hash; 0: not named
  std::optional<std::chrono::milliseconds> wait;
  std::optional<int> pid;
  std::optional<WallTime> first_at;  ///< by the lines' own times
  std::optional<WallTime> last_at;
  /// Of the lines: their sort, and in which of the two logs.
  std::vector<std::uint64_t> witnesses;

  State state = State::counted;
  bool is_attempt = false;  ///< it failed in a lane, and nothing said more
  std::string run_id;       ///< of the run that goes on
  std::optional<LockIncident> incident;  ///< to be counted
  WallTime noted_at{};  ///< when its state became so, by the reader's clock

  bool operator==(const ToldIncident&) const = default;
};

/// An incident that version 0.1.0 counted from one log and that may yet be met
/// in the other.
struct SeenOnce {
  std::uint64_t key = 0;  ///< hash of what both logs say of it
  bool in_file_log = false;
  std::optional<WallTime> at;

  bool operator==(const SeenOnce&) const = default;
};

/// Makes incidents of the lines that tell of them, each once.
///
/// - One line of a sort is one incident: two `handler failed` of a channel are
///   two messages. Lines of different sorts are of one incident where they
///   agree in what both name (kind, lock, lane, wait, holder) within
///   kSameIncident; so are lines of one sort in the file log and on the
///   console, within kMaxApart.
/// - A run that fails with one model may be tried with the next (up to
///   2026.5.18, and again from 2026.8.1 on for databases), and each attempt
///   writes its own line. An attempt therefore waits kMaxSilence for the
///   decision that follows it; where another model is tried, until that ends,
///   kMaxRun at most. A run that succeeds in the end is no incident. A decision
///   that comes later and names the lock, as on a busy machine, keeps what
///   follows from being counted, too; what was counted stays so.
/// - Before 2026.3.11 no decision is written. Where it may be so (errors have
///   no class of their own) an attempt belongs to the one before in its lane if
///   it began kFirstPause to kLastPause after that ended: a turn that was
///   queued begins at once.
class IncidentLedger {
 public:
  static constexpr std::chrono::milliseconds kMaxApart{2000};
  static constexpr std::chrono::milliseconds kSameIncident{500};
  static constexpr std::chrono::milliseconds kMaxSilence{500};
  static constexpr std::chrono::milliseconds kMaxSilenceBehind{2500};
  static constexpr std::chrono::milliseconds kLateDecision{5000};
  static constexpr std::chrono::minutes kMaxRun{20};
  static constexpr std::chrono::milliseconds kFirstPause{4};
  static constexpr std::chrono::milliseconds kLastPause{60};
  static constexpr std::size_t kRemembered = 512;
  static constexpr std::size_t kMaxWitnesses = 16;

  /// What must survive a restart.
  struct State {
    std::deque<ToldIncident> told;  ///< oldest first
    std::deque<SeenOnce> seen;      ///< by 0.1.0

    bool operator==(const State&) const = default;
  };

  /// A run or message that failed, and when by its own clock.
  struct Failure {
    LockIncident incident;
    std::optional<WallTime> at;
  };

  IncidentLedger() = default;
  explicit IncidentLedger(State state);

  /// The incidents that are certain by this event. `now`: the reader's clock.
  std::vector<Failure> add(const LogEvent& event, bool in_file_log,
                           WallTime now);

  /// The incidents that are certain by what was not written until `now`.
  /// `behind`: the logs have not been read to their end, so wait longer.
  std::vector<Failure> settle(WallTime now, bool behind = false);

  /// Something is undecided.
  bool waits() const;

  const State& state() const { return state_; }

 private:
  struct Sighting;

  void take_line(const LogEvent& event, bool in_file_log, WallTime now);
  void take_decision(const FallbackDecision& decision,
                     const std::optional<WallTime>& at, WallTime now);
  ToldIncident* find(const Sighting& sighting);
  bool was_seen_before(const LogEvent& event, bool in_file_log);
  ToldIncident* attempt_before(const Sighting& sighting);
  ToldIncident* deciding(const FallbackDecision& decision,
                         const std::optional<WallTime>& at);
  void take_answer(const std::optional<WallTime>& at);
  void count(ToldIncident& told);
  void forget_oldest();

  State state_;
  std::vector<Failure> certain_;
};

}  // namespace openclaw_lock
