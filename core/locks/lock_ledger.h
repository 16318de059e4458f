// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/locks/hold_histogram.h"
#include "core/locks/holder.h"
#include "core/locks/lock_claim.h"
#include "core/locks/lock_name.h"

namespace openclaw_lock {

/// One place that a lock can lie at.
struct LockPlace {
  int directory = 0;  ///< number of the session directory, the reader's own
  std::string name;   ///< file name

  auto operator<=>(const LockPlace&) const = default;
};

/// Which file it is: another lock at the same place differs in one of these,
/// and in its claim if the inode is the same and both claims were read.
struct FileIdentity {
  std::uint64_t inode = 0;
  std::int64_t mtime_ns = 0;  ///< ns after the epoch

  bool operator==(const FileIdentity&) const = default;
};

/// Series that a lock's life is counted in.
struct LockSeries {
  std::string agent;  ///< value of the label
  LockKind kind = LockKind::session;

  auto operator<=>(const LockSeries&) const = default;
};

/// What was counted of one series since the exporter started.
struct LockTotals {
  std::uint64_t acquired = 0;
  std::uint64_t released = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t stolen = 0;
  HoldHistogram holds;

  bool operator==(const LockTotals&) const = default;
};

/// A lock file as a scan found it.
struct ScannedLock {
  std::string name;
  FileIdentity identity;
  WallTime modified_at{};
  std::optional<LockClaim> claim;  ///< empty: not readable or malformed
};

/// Follows each lock's life from inotify events and from scans, and counts.
///
/// As real gateways do it: CREATE, MODIFY, held, CLOSE_WRITE, DELETE is a
/// release; a killed holder gives CLOSE_WRITE alone (abandoned, once the holder
/// is judged gone); a thief gives DELETE without CLOSE_WRITE, whenever the lock
/// is taken again (stolen); a holder that ends by SIGTERM gives DELETE, then
/// CLOSE_WRITE (released). Another file that is renamed over the lock is taken
/// for its DELETE. Up to 2026.2.12 the store lock is closed right after
/// it was written: CLOSE_WRITE alone releases nothing.
///
/// A hold lasts until DELETE, an abandoned one until CLOSE_WRITE. A hold whose
/// end was not seen is not observed. Not thread-safe. Remembers at most
/// `max_locks` at a time; further ones are counted as acquired only.
class LockLedger {
 public:
  explicit LockLedger(std::size_t max_locks = 65536) : max_locks_{max_locks} {}

  /// Makes the series appear with zeros.
  void add_series(const LockSeries& series) { totals_[series]; }

  // Events, in the order the kernel gave them.
  void created(const LockPlace& place, const LockSeries& series, WallTime now);
  /// By rename(2) from elsewhere: what lay there was not deleted by its holder.
  void moved_in(const LockPlace& place, const LockSeries& series, WallTime now);
  void written(const LockPlace& place, const FileIdentity& identity,
               const std::optional<LockClaim>& claim);
  void closed(const LockPlace& place, WallTime now);
  void deleted(const LockPlace& place, WallTime now);

  /// Brackets the listing of directories: events told in between are newer
  /// than the lists, and win over them.
  void begin_scan();
  void end_scan();

  /// Puts right what the events did not tell, or did not follow. `agent` is
  /// the label of the directory's agent. `preexisting`: the directory is
  /// looked at for the first time and may be old, so its locks are not
  /// acquisitions that were seen. Without events a hold is known to within the
  /// time between two scans.
  void reconcile(int directory, const std::string& agent,
                 const std::vector<ScannedLock>& found, bool preexisting,
                 WallTime now);

  /// The directory is gone or no longer looked at; its locks are forgotten.
  void forget(int directory);

  /// Tells what a lock's holder was judged to be.
  void judged(const LockPlace& place, const HolderVerdict& verdict);

  /// Every lock that could be judged was; the others wait for the next time.
  void end_judgement();

  /// True where this very lock was judged alive before.
  bool seen_alive(const LockPlace& place, const LockClaim& claim) const;
  /// And it was in a nested PID namespace.
  bool seen_nested(const LockPlace& place, const LockClaim& claim) const;

  /// Settles what waited for an event that does not come: who lives and has not
  /// closed the file has been robbed of it.
  void settle(WallTime now);

  /// Events were lost: that one did not come means nothing until a scan.
  void lost_events();

  /// When the next thing is to be done that no event announces: to judge a
  /// lock that was closed and not deleted (its holder may have been killed), or
  /// to settle. Empty: nothing.
  std::optional<WallTime> next_deadline() const;

  /// True where a lock is to be judged by now.
  bool wants_judgement(WallTime now) const;

  /// True for a lock that is known and whose claim is not.
  bool wants_claim(const LockPlace& place) const;

  const std::map<LockSeries, LockTotals>& totals() const { return totals_; }

 private:
  /// A deleted lock whose holder had not closed it.
  struct Unclosed {
    LockSeries series;
    std::optional<LockClaim> claim;
    std::optional<WallTime> started_at;
    WallTime deleted_at{};
    /// Its holder had it open when it was deleted: that is seen by events
    /// alone.
    bool was_open = false;
  };
  struct Lock {
    LockSeries series;
    std::optional<FileIdentity> identity;
    std::optional<LockClaim> claim;
    std::optional<WallTime> started_at;  ///< of the hold
    std::optional<WallTime> closed_at;
    std::optional<Unclosed> predecessor;
    bool acquisition_seen = false;
    bool creation_seen = false;  ///< by an event
    bool events_lost = false;    ///< its CLOSE_WRITE may have been among them
    bool from_scan = false;      ///< its CREATE may still come
    bool judged_alive = false;
    bool judged_nested = false;
    bool judged_gone = false;
    bool abandoned = false;  ///< and counted as such
    bool judged_since_close = false;

    bool awaits_judgement() const {
      return closed_at && !judged_since_close && !judged_gone;
    }
  };

  Lock* find(const LockPlace& place);
  void touch(const LockPlace& place);
  static bool is_another(const Lock& known, const ScannedLock& found);
  void add_scanned(const LockPlace& place, const std::string& agent,
                   const ScannedLock& found, bool preexisting);
  void end_hold(const LockSeries& series, std::optional<WallTime> started_at,
                WallTime ended_at);
  void vanish(const Lock& lock, WallTime now);
  static WallTime settled_at(const Unclosed& lock);
  void release(const Unclosed& lock);
  void steal(const Unclosed& lock);
  void settle_predecessor(Lock& lock);

  std::size_t max_locks_;
  bool scanning_ = false;
  std::map<LockPlace, Lock> locks_;
  std::map<LockPlace, Unclosed> unclosed_;
  std::set<LockPlace> touched_;  ///< by events, since begin_scan()
  std::map<LockSeries, LockTotals> totals_;
};

}  // namespace openclaw_lock
