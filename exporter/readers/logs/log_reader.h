// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/wall_time.h"
#include "core/fleet/log_facts.h"
#include "core/fleet/source_health.h"
#include "core/logs/log_checkpoint.h"
#include "core/logs/log_intake.h"
#include "core/logs/log_ledger.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/readers/logs/foreign_events.h"
#include "exporter/readers/logs/journal_reader.h"
#include "exporter/readers/logs/log_follower.h"
#include "exporter/readers/logs/pattern_lister.h"
#include "exporter/readers/logs/stdin_input.h"
#include "exporter/system/gate.h"

namespace openclaw_lock {

/// Reads all logs of one gateway. Not thread-safe; its thread may hang in it.
class LogReader {
 public:
  /// `restored`: what an earlier reader of the gateway has kept. `listers`:
  /// shared by the readers of all gateways.
  explicit LogReader(std::string gateway,
                     std::optional<LogCheckpoint> restored = {},
                     std::shared_ptr<PatternListers> listers =
                         std::make_shared<PatternListers>());

  /// What to read from now on. What is taken away is forgotten but for its
  /// position.
  void watch(const WatchedGateway& gateway);

  /// Reads what is new, for about a second a sort of source at most. What
  /// `gate` closes is not touched, and is a problem: Fault::timeout.
  /// `places`: of all gateways, null where they are not known. `foreign`: where
  /// to hand over what is of other gateways; what others have handed over is
  /// taken in, but for that of logs which are read here, too.
  RoundResult round(const Gate& gate = always_open,
                    const std::shared_ptr<const KnownPlaces>& places = {},
                    ForeignEvents* foreign = nullptr);

  /// There is more to read at once.
  bool wants_round() const { return wants_round_; }
  /// What was read may mean more by what is not written soon.
  bool waits() const { return ledger_.waits(); }

  /// What poll(2) should watch: a round is due when one is readable.
  std::vector<int> descriptors() const;

  LogFacts report() const;
  LogCheckpoint checkpoint() const;

 private:
  /// A unit whose journal is read; the journal may be missing for a while.
  struct Unit {
    std::unique_ptr<JournalReader> journal;
    LogDecoder decoder;
  };

  void read_input(WallTime now, std::vector<Problem>& problems);
  void read_journals(WallTime now, const Gate& gate,
                     std::vector<Problem>& problems);
  std::optional<Problem> open(const std::string& source, Unit& unit);
  void exchange(ForeignEvents& foreign, MonotonicTime began, WallTime now,
                std::vector<Problem>& problems);
  bool reads(LogFileId origin) const;
  bool has_sources() const;

  std::string gateway_;
  std::vector<std::string> host_dirs_;
  LogLedger ledger_;
  LogIntake intake_;
  std::shared_ptr<PatternListers> listers_;
  LogFollower follower_;
  std::vector<FollowedSource> files_;
  std::optional<StdinInput> input_;
  bool wants_input_ = false;
  std::map<std::string, Unit> units_;           ///< by source
  std::map<std::string, std::string> cursors_;  ///< by source
  bool wants_round_ = false;
};

}  // namespace openclaw_lock
