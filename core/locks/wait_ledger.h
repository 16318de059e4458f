// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "core/base/wall_time.h"
#include "core/locks/hold_histogram.h"
#include "core/locks/lock_ledger.h"

namespace openclaw_lock {

using WaitHistogram = HoldHistogram;

/// What was seen of waits in one series since the exporter started.
struct WaitTotals {
  WaitHistogram acquired;
  WaitHistogram gave_up;
  std::chrono::milliseconds contended{};  ///< somebody waited

  bool operator==(const WaitTotals&) const = default;
};

/// Tells waits for lock files while they last, from looks at those files.
///
/// OpenClaw waits for a held lock by trying again and again (1.29 to 5.7 after
/// 50, 100, 150 ms and so on up to 1 s; from 5.12 on after 50 or 100 ms), and
/// reads the lock file at each attempt, which inotify shows as IN_OPEN and
/// IN_CLOSE_NOWRITE. Others read, too: the holder at release from 5.12 on
/// (first behind its IN_CLOSE_WRITE, or just before its IN_DELETE), who
/// reclaims a stale lock (three reads within milliseconds), people and programs
/// that look once, each second, or without pause.
///
/// A wait begins with two pauses of 20 to 250 ms in a row between looks, or
/// with one and the next CREATE as soon. It goes on while the pauses grow no
/// faster than OpenClaw's; longer ones (a gateway whose event loop stands)
/// belong to it where such looks follow. It ends with the next CREATE
/// (acquired), or after 5 s without such looks (gave up), and lasted until the
/// last sign of it. Of several who wait for one lock only the time is known in
/// which anybody does: each CREATE meanwhile is one acquired, and what follows
/// counts from there on; giving up shows where nobody is left.
///
/// Looks of our own must not be told. Not thread-safe. Follows at most
/// `max_locks` at a time; those beyond it are not seen to be waited for.
class WaitLedger {
 public:
  static constexpr std::chrono::milliseconds kSilence{5000};

  explicit WaitLedger(std::size_t max_locks = 65536) : max_locks_{max_locks} {}

  /// Makes the series appear with zeros.
  void add_series(const LockSeries& series) { totals_[series]; }

  // Events, in the order the kernel gave them, when they were taken from it.
  void created(const LockPlace& place, const LockSeries& series, WallTime now);
  void closed(const LockPlace& place);  ///< by one who could write
  void deleted(const LockPlace& place, WallTime now);
  /// Opened and closed by one who could not write. `may_wait`: an OpenClaw
  /// process lives beside the holder; only then does a wait begin.
  void looked(const LockPlace& place, const LockSeries& series, WallTime now,
              bool may_wait);

  /// The directory is gone or no longer looked at.
  void forget(int directory);

  /// Events were lost: of waits under way only the time until now counts.
  void lost_events();

  /// Ends the waits whose signs have ceased.
  void settle(WallTime now);

  /// When settle() has something to do; empty: never.
  std::optional<WallTime> next_deadline() const;

  /// With the time of waits under way.
  std::map<LockSeries, WaitTotals> totals() const;

  /// Locks that somebody waits for now; a series that was added is there.
  std::map<LockSeries, std::uint64_t> waited_for() const;

  /// Waits under way that were lost with events.
  std::uint64_t dropped() const { return dropped_; }

 private:
  /// Looks at one lock that may be somebody's who waits.
  struct Looks {
    LockSeries series;
    WallTime began{};  ///< the first of them, or the last acquisition
    WallTime last{};
    WallTime last_sign{};  ///< that the wait goes on
    std::chrono::milliseconds longest_pause{};
    int pauses = 0;
    int shorter = 0;  ///< than a pause
    bool may_wait = false;
    bool goes_on = false;  ///< began with an acquisition that ended a wait
    bool is_wait = false;

    /// As far as its signs tell.
    std::chrono::milliseconds waited() const { return last_sign - began; }
  };
  struct Lock {
    std::optional<Looks> looks;
    std::optional<Looks> before_last;  ///< look
    bool is_closed = false;            ///< the next look is the holder's
  };

  static std::chrono::milliseconds longest_next(const Looks& looks);
  static void add_look(Looks& looks, WallTime now, bool may_wait);
  static bool ends_as_wait(const Looks& looks, WallTime now);
  void acquire(const Looks& looks, WallTime now);
  void give_up(const Looks& looks);
  bool end_silent(Lock& lock, WallTime now);

  std::size_t max_locks_;
  std::map<LockPlace, Lock> locks_;
  std::map<LockSeries, WaitTotals> totals_;
  std::uint64_t dropped_ = 0;
};

}  // namespace openclaw_lock
