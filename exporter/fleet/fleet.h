// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/fleet/snapshot.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/http/pages/content_negotiation.h"
#include "exporter/sampling/disk_probe_sampler.h"
#include "exporter/sampling/disk_sampler.h"
#include "exporter/sampling/gateway_sampler.h"
#include "exporter/sampling/lock_sampler.h"
#include "exporter/sampling/log_sampler.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/sampling/pressure_sampler.h"
#include "exporter/sampling/process_census.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/stall_sampler.h"

namespace openclaw_lock {

/// What openclaw_lock_config_last_reload_successful is about: 1 where both are
/// in force as they are now written.
enum class ConfigurationPart {
  settings,  ///< flags and configuration file
  web,       ///< web configuration file, certificates
};

/// All readers of one configuration, running: discovery starts the samplers of
/// each gateway it finds and ends those whose gateway is gone. What it shows is
/// taken from memory; nothing here waits for a reader.
class Fleet {
 public:
  /// `storage`: where positions in logs are kept; null without logs.
  Fleet(const Settings& settings, DiscoveryEnvironment environment,
        std::shared_ptr<LogStorage> storage);
  ~Fleet();

  /// Each reader has finished a round or timed out.
  bool ready() const;

  /// Discovery goes on. One that hangs in the system counts as going on: to
  /// begin anew would not help it, and cost what the others know.
  bool lives() const;

  /// One line for people, such as `watching 3 gateways, 1 reader fails`.
  std::string status() const;

  /// The metrics of this moment.
  std::string exposition(ExpositionFormat format) const;

  /// Told of every HTTP answer.
  void count_http_answer(int status);

  /// Watches the gateways and logs that `settings` name, by a round of
  /// discovery that begins at once; those that stay keep their counters.
  /// Whatever else differs is not looked at. Returns nothing once that round is
  /// over; else why they are not in force: discovery has ended (Fault::io), or
  /// hangs (Fault::timeout; they are taken when it goes on).
  std::optional<Problem> reload(const Settings& settings);

  /// A part of the configuration was loaded, or could not be.
  void note_configuration(ConfigurationPart part, bool successful);

  /// Ends the readers; false where one hangs and was left behind.
  bool stop(std::chrono::milliseconds patience);

 private:
  struct Gateway {
    WatchedGateway watched;
    std::unique_ptr<LockSampler> locks;
    std::unique_ptr<LogSampler> logs;
    std::unique_ptr<GatewaySampler> facts;
    std::unique_ptr<DiskSampler> disk;
    std::unique_ptr<DiskProbeSampler> disk_probe;

    std::vector<Sampler*> samplers() const;
  };

  struct Order {
    Settings settings;
    std::uint64_t number = 0;
  };

  /// Shared with the discovery thread, which may outlive the exporter.
  struct State {
    State(const Settings& settings_, SourceTiming timing_);

    const Settings settings;
    const SourceTiming timing;
    Source<int> discovery;  ///< only for its health
    std::shared_ptr<ProcessCensus> census;
    std::unique_ptr<PressureSampler> pressure;
    std::unique_ptr<StallSampler> stalls;
    std::shared_ptr<LogStorage> storage;
    Inbox<Order> orders;  ///< from reload()
    UniqueFd ordered;     ///< eventfd: there is an order
    std::mutex orders_mutex;
    std::condition_variable carried_out;
    std::uint64_t orders_given = 0;
    std::uint64_t orders_done = 0;  ///< number of the newest
    /// Of the whole host.
    std::vector<Sampler*> samplers() const;

    mutable std::mutex mutex;
    std::map<std::string, Gateway> gateways;  ///< by name
    bool stopped = false;
  };

  static bool wait_for_round(State& state, const StopSignal& stop);
  static void discover(State& state, DiscoveryEnvironment environment,
                       const StopSignal& stop);
  static void start(State& state, const WatchedGateway& gateway);
  static void end_others(State& state,
                         const std::vector<WatchedGateway>& found);
  static void watch_stalls(State& state,
                           const std::vector<WatchedGateway>& found);
  FleetSnapshot report() const;

  std::shared_ptr<State> state_;
  mutable std::mutex config_mutex_;
  WallTime config_loaded_at_;
  bool settings_in_force_ = true;
  bool web_in_force_ = true;
  mutable std::mutex http_mutex_;
  std::map<int, std::uint64_t> http_answers_;
  std::unique_ptr<ReaderThread> discovery_;
};

}  // namespace openclaw_lock
