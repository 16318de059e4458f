// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/fleet/snapshot.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/views/metrics/exposition.h"

namespace openclaw_lock {

/// What openclaw_lock_config_last_reload_successful is about: 1 where all is in
/// force as it is now written.
enum class ConfigurationPart {
  settings,   ///< flags and configuration file
  web,        ///< web configuration file, certificates
  web_files,  ///< they answer, so that a change of them would be seen
};

/// All gateways of one configuration: discovery makes the collectors of each
/// gateway it finds and ends those whose gateway is gone. What it shows is
/// taken from memory; nothing here waits for a reader. Thread-safe.
class Fleet {
 public:
  /// `storage`: where positions in logs are kept; null without logs. Throws
  /// where the system has no threads or descriptors left.
  Fleet(const Settings& settings, DiscoveryEnvironment environment,
        std::shared_ptr<LogStorage> storage);
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;
  ~Fleet();

  /// Each reader has finished a round or timed out.
  bool ready() const;

  /// What hangs now: file systems, processes, or readers whose place is
  /// unknown.
  std::vector<std::string> hanging_places() const;

  /// Rounds go on being run. One that hangs in the system counts as going on:
  /// to begin anew would not help it, and cost what the others know.
  bool lives() const;

  /// One line for people, such as `watching 3 gateways, 1 reader fails`.
  std::string status() const;

  /// Everything that is known at this moment.
  FleetSnapshot snapshot() const;

  /// A log is standard input, and that has not ended.
  bool reads_input() const;

  /// The metrics of this moment.
  std::string exposition(ExpositionFormat format) const;

  /// Told of every HTTP answer.
  void count_http_answer(int status);

  /// Watches the gateways and logs that `settings` name, by a look for them
  /// that begins at once; those that stay keep their counters. Whatever else
  /// differs is not looked at. Returns nothing once that look is over; else
  /// Fault::timeout: it hangs, and the settings are in force when it goes on.
  std::optional<Problem> reload(const Settings& settings);

  /// What the last reload named is watched.
  bool reloaded() const;

  /// A part of the configuration was loaded, or could not be.
  void note_configuration(ConfigurationPart part, bool successful);

  /// Ends the readers; false where one hangs and was left behind.
  bool stop(std::chrono::milliseconds patience);

 private:
  class Parts;

  std::shared_ptr<Parts> parts_;
  mutable std::mutex mutex_;
  WallTime config_loaded_at_;
  std::set<ConfigurationPart> parts_missing_;
  std::uint64_t reload_look_ = 0;
  std::map<int, std::uint64_t> http_answers_;
};

}  // namespace openclaw_lock
