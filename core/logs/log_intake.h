// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/wall_time.h"
#include "core/logs/console_line.h"
#include "core/logs/known_places.h"
#include "core/logs/log_decoder.h"
#include "core/logs/log_ledger.h"
#include "core/logs/log_origin.h"

namespace openclaw_lock {

/// An event that a gateway's log tells of another one.
struct ForeignEvent {
  std::string dir;  ///< that one's, of KnownPlaces
  LogFileId origin;
  LogEvent event;
  LogSource source = LogSource::file_log;

  bool operator==(const ForeignEvent&) const = default;
};

/// The way from a gateway's log lines into its ledger.
class LogIntake {
 public:
  /// Events of others that are kept between two calls of take_foreign(), and
  /// runs of theirs whose end is looked out for.
  static constexpr std::size_t kMaxForeign = 1024;
  static constexpr std::size_t kMaxForeignRuns = 64;

  explicit LogIntake(LogLedger& ledger) : ledger_{ledger} {}

  /// The directories that the gateway's records may name in a log that it
  /// shares with others. Without any, each record is its own.
  void set_own_dirs(std::vector<std::string> own_dirs) {
    own_dirs_ = std::move(own_dirs);
  }

  /// Those of all gateways. An incident in one that is not among own_dirs is
  /// another's, whatever log tells of it; so is what names none, in a log of
  /// that one's profile.
  void set_known_places(std::shared_ptr<const KnownPlaces> places) {
    places_ = std::move(places);
  }

  /// Counts whole lines, the last with its newline. `now`: not before the lines
  /// were written.
  void take(std::string_view lines, LogDecoder& decoder,
            const LogOrigin& origin, WallTime now);
  void take(const ConsoleLine& line, LogDecoder& decoder,
            const LogOrigin& origin, WallTime now);

  /// Counts what another gateway's log has told of this one.
  void take(const ForeignEvent& told, WallTime now) {
    ledger_.add(told.event, told.source, now);
  }

  /// What was read of other gateways since the last call, oldest first: what
  /// exceeds kMaxForeign is lost, and counted in `lost`.
  std::vector<ForeignEvent> take_foreign(std::size_t& lost);

  /// A line of which only its excessive length is known.
  void take_oversized();

  /// A round of reading has ended. `behind`: there is more to read.
  void settle(WallTime now, bool behind = false) {
    ledger_.settle(now, behind);
  }

  void count_bytes(std::uint64_t bytes) { ledger_.count_bytes(bytes); }
  void count_rotation() { ledger_.count_rotation(); }

 private:
  enum class Owner { this_gateway, another, nobody };

  LogDecoder::Visitor visitor(const LogOrigin& origin, WallTime now);
  void finish(const LineCounts& counts, const LogDecoder& decoder,
              WallTime now);
  /// `dir`: of the other gateway.
  Owner owner_of(const LogEvent& event, const LogOrigin& origin,
                 std::string& dir);
  const std::string* other_by_name(const LogOrigin& origin) const;
  Owner owner_of(std::string_view path, bool shared, std::string& dir) const;
  void note_run(const FallbackDecision& decision, const std::string& dir);

  LogLedger& ledger_;
  std::vector<std::string> own_dirs_;
  std::shared_ptr<const KnownPlaces> places_;  ///< null: not known
  std::vector<ForeignEvent> foreign_;
  std::size_t lost_ = 0;
  struct ForeignRun {
    std::string id;
    std::string dir;
  };
  std::deque<ForeignRun> foreign_runs_;  ///< that go on with another model
};

}  // namespace openclaw_lock
