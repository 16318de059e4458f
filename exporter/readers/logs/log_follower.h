// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/base/wall_time.h"
#include "core/fleet/source_health.h"
#include "core/logs/log_checkpoint.h"
#include "core/logs/log_intake.h"
#include "exporter/readers/logs/log_file.h"
#include "exporter/readers/logs/log_listing.h"

namespace openclaw_lock {

/// Follows the log files of one gateway through everything that happens to
/// them, by looking at them each round; no inotify, so that all file systems
/// are alike. A log whose size and mtime stay is not read.
///
/// - What is there when a source is first looked at is read from its end on;
///   what appears later from its start. What could not be looked at then is
///   first looked at when it can. A source that comes while others are
///   followed, also by a follower before this one, may have a log that was made
///   since the minutes before the last look: from its start, too.
/// - A log is known by its inode, and again by what it begins with and what
///   stands before the position (log_fingerprints.h).
/// - Renamed, it goes on under its new name; deleted, it is read to its end.
/// - A copy of a known log is not read, unless the original is truncated then
///   (logrotate's copytruncate): the rest is read from the copy, and the
///   original from its start; or the original is no longer listed.
/// - What no source lists any more is read to its end.
/// - Of too many logs some are left out (LogSources::list). One that is written
///   to later takes the place of a quiet one, and goes on where it was left, or
///   where it ended when its source was first looked at.
class LogFollower {
 public:
  static constexpr std::size_t kMaxFiles = 256;
  /// Logs that are left out, and where to go on in them.
  static constexpr std::size_t kMaxLeftOut = 1024;

  /// `listers`: shared by those who may follow the same patterns.
  explicit LogFollower(LogIntake& intake,
                       std::shared_ptr<PatternListers> listers =
                           std::make_shared<PatternListers>());

  /// What to follow from now on; sources may come and go. `owner`: of the
  /// gateway's state directory; `host_dirs`: that directory as the host names
  /// it; see LogSources.
  void watch(std::vector<FollowedSource> sources, std::optional<uid_t> owner,
             std::vector<std::string> host_dirs);

  /// See LogSources::list; null: none known.
  void set_known_places(std::shared_ptr<const KnownPlaces> places) {
    places_ = std::move(places);
  }

  /// Goes on where another follower has ended, whose last look was at
  /// `looked_at`.
  void restore(std::set<std::string> known_sources,
               std::set<std::string> unseen_places,
               std::optional<WallTime> looked_at,
               std::vector<LogPosition> positions);

  /// Reads what is new, a chunk of each log at least, and more until `pause`
  /// says so. `paused`: another round has something to do at once. What `gate`
  /// closes is not touched, and is a problem: Fault::timeout.
  ReadState round(WallTime now, const LogFile::Pause& pause,
                  std::vector<Problem>& problems,
                  const Gate& gate = always_open);

  std::vector<LogPosition> positions() const;
  const std::set<std::string>& known_sources() const { return known_sources_; }
  /// Directories and files that no look at their source has seen yet.
  const std::set<std::string>& unseen_places() const { return unseen_places_; }
  std::optional<WallTime> looked_at() const { return looked_at_; }
  std::size_t followed() const;  ///< files that are there
  /// It is one of these.
  bool follows(LogFileId id) const;
  std::uint64_t unread_bytes() const;

 private:
  struct Followed {
    LogFile file;
    bool changed = false;  ///< it is no longer the log that it was
    bool listed = false;   ///< in this round
    MonotonicTime listed_at{};
    bool has_news = true;  ///< by the listing
    /// When it last asked for a round at once by being changed.
    std::optional<MonotonicTime> hurried_at{};
  };
  struct Unchanged {
    std::uint64_t size = 0;
    std::int64_t mtime_ns = 0;
    int rounds = 0;
  };
  enum class Novelty { fresh, copy, undecided, taken };

  LogListing list(std::chrono::milliseconds max_age);
  bool is_within_reach(const std::string& path);
  void read(Followed& log);
  void hurry(Followed& log);
  void read_open_logs();
  bool wants_new_listing(const std::vector<ListedLog>& unknown) const;
  bool is_settled_copy(const ListedLog& listed) const;
  void count_renames(const LogListing& listing);
  std::vector<ListedLog> match(const LogListing& listing);
  void reopen_logs(const LogListing& listing);
  void end_restored_logs();
  bool is_abandoned(const Followed& log) const;
  void reopen(Followed& log, const ListedLog& listed);
  void resolve(Followed& log, std::vector<ListedLog>& unknown);
  void remember(const Followed& log);
  bool move(Followed& log, const ListedLog& listed);
  bool is_older_copy(const Followed& log, const ListedLog& listed) const;
  void admit(const ListedLog& listed);
  void adopt_at_end(const ListedLog& listed);
  Novelty judge(const ListedLog& listed, const UniqueFd& file);
  bool is_first_look(const ListedLog& listed) const;
  bool was_made_meanwhile(const ListedLog& listed);
  void remember_left_out(const LogListing& listing);
  void note_looks(const LogListing& listing);
  void let_go(const LogListing& listing);
  Followed& follow(LogPosition position, const ListedLog& listed);

  const std::vector<FollowedSource>& sources() const {
    return sources_.sources();
  }

  LogIntake& intake_;
  std::shared_ptr<PatternListers> listers_;
  LogSources sources_;
  std::shared_ptr<const KnownPlaces> places_;
  std::set<std::string> known_sources_;
  std::set<std::string> unseen_places_;
  std::optional<WallTime> followed_since_;
  std::optional<WallTime> looked_at_;  ///< the last time; by another, too
  bool is_restored_ = false;           ///< and no listing was made since
  std::vector<std::unique_ptr<Followed>> logs_;
  std::map<std::string, LogFileId> paths_;  ///< of the listing before
  /// Files that are no logs of their own yet, and how they looked.
  std::map<LogFileId, Unchanged> waiting_;

  /// Of the round under way.
  WallTime now_{};
  MonotonicTime began_{};
  const LogFile::Pause* pause_ = nullptr;
  const Gate* gate_ = nullptr;
  LogBuffer* buffer_ = nullptr;
  std::vector<Problem>* problems_ = nullptr;
  bool paused_ = false;
};

}  // namespace openclaw_lock
