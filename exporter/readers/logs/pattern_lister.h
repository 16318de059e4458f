// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/monotonic_time.h"
#include "core/base/result.h"
#include "core/logs/log_origin.h"
#include "exporter/system/gate.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {

/// A regular file whose name a pattern matches.
struct FoundLog {
  std::string path;
  LogFileId id;
  uid_t owner = 0;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  bool is_rotated = false;  ///< a rotated piece by its name
  bool is_container =
      false;                 ///< of a container that mounts a directory of ours
  bool is_link = false;      ///< the name is a symbolic link
  std::uint64_t names = 1;   ///< hard links
  std::string profile = {};  ///< see profile_of_log
  /// Where it lies in the root that its pattern means; empty: that is our own.
  std::optional<RootedPath> rooted = {};

  /// Where it is opened.
  const std::string& place() const { return rooted ? rooted->path : path; }
};

/// What a look at one pattern gave.
struct FoundLogs {
  std::vector<FoundLog> files;
  std::vector<Problem> unseen;  ///< places that could not be looked at
  std::vector<Problem> other;   ///< what else went wrong
};

/// Finds the files of one pattern (glob_capture.h) and the rotated pieces of
/// such files (rotated_name.h), round after round, for all gateways that follow
/// it; compressed files never. Thread-safe.
///
/// A directory is listed again only where its stamps have changed, or could
/// have without showing, and once a minute all the same: there are file systems
/// that keep no stamps.
class PatternLister {
 public:
  /// `host_root`: see mounts_of_container. `root`: the pattern begins with it,
  /// and what is behind means what it means there (resolve_in_root); empty: our
  /// own.
  explicit PatternLister(std::string pattern, std::string host_root = {},
                         std::string root = {});

  /// The logs as they are at `now`, or were less than `max_age` before. Logs of
  /// Docker's json-file are left out where the container mounts none of
  /// `host_dirs` (named as the host does), unless there are none or what it
  /// mounts cannot be told.
  ///
  /// A directory that `gate` closes is unseen, with Fault::timeout; so is the
  /// pattern while another thread hangs in it.
  FoundLogs list(MonotonicTime now, std::chrono::milliseconds max_age,
                 const std::vector<std::string>& host_dirs, const Gate& gate);

  /// Directories listed so far.
  std::uint64_t listings() const { return listings_; }

 private:
  using Mounts = std::vector<std::string>;

  struct Stamp {
    LogFileId id;
    std::int64_t mtime_ns = 0;
    std::int64_t ctime_ns = 0;

    bool operator==(const Stamp&) const = default;
  };
  struct Entry {
    std::string name;
    unsigned char type = 0;  ///< DT_*

    bool operator==(const Entry&) const = default;
  };
  struct Directory {
    std::optional<Stamp> stamp;   ///< empty: it could not be listed
    MonotonicTime stamp_since{};  ///< first seen so
    MonotonicTime listed_at{};
    MonotonicTime visited_at{};
    std::vector<Entry> entries;  ///< that match
    bool counts = false;    ///< it was listed, and still may be looked into
    std::string real_path;  ///< where it lies behind symbolic links
    std::string place;      ///< where it lies in the pattern's root
    std::shared_ptr<const Mounts> mounts;  ///< of its container, if known
  };
  struct Name {
    std::string path;
    bool is_rotated = false;
    bool may_lie_elsewhere = false;  ///< is, or could be, a symbolic link
    std::string profile;             ///< see profile_of_log
    std::shared_ptr<const Mounts> mounts;
    std::optional<MonotonicTime> looked_at;
    std::optional<Problem> problem;
    std::optional<FoundLog> found;
  };

  /// Itself where the pattern means our own root.
  Result<std::string> place_of(const std::string& path, const Gate& gate) const;
  bool enter();
  void leave();
  void find_names(const Gate& gate, std::vector<Problem>& other);
  std::vector<std::string> find_directories(const Gate& gate);
  Directory* look_into(const std::string& path, const std::string& component,
                       bool is_last, const Gate& gate);
  void let_count(Directory& directory, bool counts);
  bool is_settled(const Directory& directory, const Stamp& stamp) const;
  std::optional<Problem> read(const std::string& path,
                              const std::string& component, bool is_last,
                              Directory& directory);
  void learn_mounts(Directory& directory, std::vector<Problem>& other);
  void add_names(const std::vector<std::string>& paths,
                 std::vector<Problem>& other);
  std::vector<std::size_t> names_for(
      const std::vector<std::string>& host_dirs) const;
  void look_at(Name& name, const Gate& gate) const;

  const std::string pattern_;
  const std::string host_root_;
  const std::string root_;
  const std::vector<std::string> components_;

  std::mutex mutex_;
  std::condition_variable left_;
  bool is_busy_ = false;
  std::atomic<std::uint64_t> listings_ = 0;
  MonotonicTime busy_since_{};

  /// Of the thread that has entered.
  MonotonicTime now_{};
  std::optional<MonotonicTime> names_at_;         ///< last found to be so
  bool changed_ = true;                           ///< since names_ were made
  std::map<std::string, Directory> directories_;  ///< by path
  std::vector<std::string>
      unlistable_;  ///< directories whose names still count
  std::vector<Problem> unseen_;
  std::vector<Name> names_;
  /// By a directory that a container mounts: numbers of names.
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_mount_;
  std::vector<std::size_t> unclaimed_;  ///< of no container that is known
};

/// The listers of all patterns that somebody follows. Thread-safe.
class PatternListers {
 public:
  /// `max_age`: how old a look may be that serves another gateway; `host_root`:
  /// see mounts_of_container. What lies below that, or below PID/root of
  /// `procfs`, is looked for in that root.
  explicit PatternListers(std::chrono::milliseconds max_age = {},
                          std::string host_root = {},
                          std::string procfs = "/proc")
      : max_age_{max_age},
        host_root_{std::move(host_root)},
        procfs_{std::move(procfs)} {}

  std::chrono::milliseconds max_age() const { return max_age_; }

  /// The one of a pattern; kept while somebody holds it.
  std::shared_ptr<PatternLister> of(const std::string& pattern);

 private:
  const std::chrono::milliseconds max_age_;
  const std::string host_root_;
  const std::string procfs_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<PatternLister>> listers_;
  std::size_t prune_at_ = 64;
};

}  // namespace openclaw_lock
