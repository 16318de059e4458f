// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/monotonic_time.h"
#include "core/base/result.h"
#include "core/logs/known_places.h"
#include "exporter/readers/logs/pattern_lister.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Files that are followed as logs.
struct FollowedSource {
  std::string pattern;  ///< absolute path or glob (glob_capture.h)
  bool shared = false;  ///< may hold records of other gateways
  /// Named by the gateway's own configuration, whose writer is not trusted.
  bool named = false;

  bool operator==(const FollowedSource&) const = default;
};

/// A log as a listing found it.
struct ListedLog : FoundLog {
  std::size_t source = 0;  ///< number of the source
};

/// What there is of some sources.
struct LogListing {
  std::vector<ListedLog> files;     ///< each file once; rotated pieces last
  std::vector<ListedLog> left_out;  ///< for being too many
  /// By source: directories and files that could not be looked at.
  std::vector<std::set<std::string>> unseen;
  std::vector<Problem> problems;  ///< with these, and with other things
};

/// The sources of one gateway.
class LogSources {
 public:
  /// `owner`, if known: in shared sources files of others are left out. In
  /// named ones so are links, files with a second name and, where no owner is
  /// known, all: denied, where nothing else is left.
  /// `host_dirs`: the state directory as the host names it, see
  /// PatternLister::list.
  LogSources(std::vector<FollowedSource> sources, std::optional<uid_t> owner,
             std::vector<std::string> host_dirs, PatternListers& listers);

  const std::vector<FollowedSource>& sources() const { return sources_; }

  /// The logs as they are at `now`, or were less than `max_age` before. At most
  /// `max_files`: first those that are the gateway's own, as its container's
  /// are and what lies in a source that is not shared; then those written last.
  /// Of a profile that another gateway in `places` (null: none known) has, the
  /// log is that one's.
  LogListing list(MonotonicTime now, std::chrono::milliseconds max_age,
                  std::size_t max_files, const Gate& gate,
                  const KnownPlaces* places = nullptr) const;

  /// May hold records of other gateways.
  bool is_shared(const ListedLog& log) const;

 private:
  bool is_own(const ListedLog& log) const;
  bool is_foreign(const FoundLog& log, const KnownPlaces* places) const;
  const char* why_denied(const FoundLog& log) const;

  std::vector<FollowedSource> sources_;
  std::optional<uid_t> owner_;
  std::vector<std::string> host_dirs_;
  std::set<std::string> profiles_;                       ///< encoded
  std::vector<std::shared_ptr<PatternLister>> listers_;  ///< by source
};

}  // namespace openclaw_lock
