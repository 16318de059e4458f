// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/fleet.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/fleet/verdicts.h"
#include "core/gateways/glob_capture.h"
#include "exporter/build_info.h"
#include "exporter/fleet/discovery_task.h"
#include "exporter/fleet/watched_gateways.h"
#include "exporter/readers/disk/pressure_reader.h"
#include "exporter/readers/processes/self_reader.h"
#include "exporter/sampling/stall_task.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;
using PressureTask = RoundTask<Pressure>;

/// A look that hangs is given up meanwhile, and another has begun.
constexpr milliseconds kReloadGrace{10000};

/// A round may take two intervals before it counts as hanging.
SourceTiming timing_of(const Settings& settings) {
  constexpr milliseconds kLeast{2000};
  constexpr milliseconds kMost{30000};
  return {settings.sample_interval,
          std::clamp(2 * settings.sample_interval, kLeast, kMost)};
}

std::shared_ptr<PressureTask> make_pressure_task(const Settings& settings,
                                                 SourceTiming timing) {
  return std::make_shared<PressureTask>(
      "disk", "", "", timing,
      [file = settings.procfs / "pressure/io"](
          std::shared_ptr<const Pressure>& value) -> RoundResult {
        const auto pressure = read_pressure(file);
        if (pressure) value = std::make_shared<const Pressure>(*pressure);
        if (pressure || pressure.problem().fault == Fault::missing)
          return {true, {}};
        return {false, {pressure.problem()}};
      });
}

/// What can be known before the first look.
KnownPlaces configured_places(const Settings& settings) {
  KnownPlaces places;
  for (const auto& gateway : settings.gateways)
    if (!is_glob(gateway.state_dir)) places.dirs.push_back(gateway.state_dir);
  return places;
}

}  // namespace

class Fleet::Parts {
 public:
  Parts(const Settings& settings_, DiscoveryEnvironment environment,
        std::shared_ptr<LogStorage> storage);

  const Settings settings;
  const SourceTiming timing;
  std::shared_ptr<Scheduler> scheduler;
  std::shared_ptr<Scheduler> writing_scheduler;
  std::shared_ptr<InotifyHub> hub;
  std::shared_ptr<CensusSource> census;    ///< null: switched off
  std::shared_ptr<PressureTask> pressure;  ///< null: switched off
  std::shared_ptr<StallTask> stalls;       ///< null: switched off
  const std::shared_ptr<SharedPlaces> places = std::make_shared<SharedPlaces>();
  std::shared_ptr<WatchedGateways> gateways;
  std::shared_ptr<DiscoveryTask::Shared> discovery;
  TaskId discovery_id = 0;

 private:
  void start_census();
  void start_disk();
  void start_discovery(DiscoveryEnvironment environment,
                       std::shared_ptr<LogStorage> storage);
};

Fleet::Parts::Parts(const Settings& settings_, DiscoveryEnvironment environment,
                    std::shared_ptr<LogStorage> storage)
    : settings{settings_},
      timing{timing_of(settings)},
      scheduler{std::make_shared<Scheduler>(settings.procfs)},
      hub{std::make_shared<InotifyHub>()} {
  places->set(configured_places(settings));
  if (settings.disk_probe)
    writing_scheduler = std::make_shared<Scheduler>(settings.procfs);
  if (hub->descriptor() >= 0)
    scheduler->call_when_readable(hub->descriptor(),
                                  [hub_ = hub] { hub_->drain(); });
  if (settings.collect_processes)
    census = std::make_shared<CensusSource>(timing);
  gateways = std::make_shared<WatchedGateways>(CollectorContext{
      settings, timing, scheduler, writing_scheduler, hub, census, storage,
      std::make_shared<SharedReading<WalLocks>>(
          [procfs = settings.procfs] { return read_wal_locks(procfs); },
          timing.interval / 5),
      std::make_shared<PatternListers>(
          timing.interval / 5,
          settings.rootfs == "/" ? std::string{} : settings.rootfs.native(),
          settings.procfs.native()),
      places, std::make_shared<ForeignEvents>(),
      std::make_shared<DiskTables>(settings.procfs, settings.sysfs,
                                   settings.rootfs, timing.interval / 5)});
  start_disk();
  start_discovery(std::move(environment), std::move(storage));
  start_census();
}

void Fleet::Parts::start_census() {
  if (!census) return;
  const auto id = scheduler->add([&](TaskId) {
    return std::make_shared<CensusTask>(
        CensusSettings{settings.procfs, settings.rootfs,
                       [known = places] { return known->get(); }},
        scheduler->gate(), census);
  });
  census->set_waker(scheduler->waker(id));
}

void Fleet::Parts::start_disk() {
  if (!settings.collect_disk) return;
  scheduler->add(
      [&](TaskId) { return pressure = make_pressure_task(settings, timing); });
  scheduler->add([&](TaskId) {
    return stalls = std::make_shared<StallTask>(settings.procfs, timing);
  });
}

void Fleet::Parts::start_discovery(DiscoveryEnvironment environment,
                                   std::shared_ptr<LogStorage> storage) {
  const auto found =
      [stalls_ = stalls](const std::vector<WatchedGateway>& found_gateways) {
        if (!stalls_) return;
        GatewayProcesses processes;
        for (const auto& gateway : found_gateways)
          processes[gateway.name] = gateway.processes;
        stalls_->watch(std::move(processes));
      };
  discovery = std::make_shared<DiscoveryTask::Shared>(
      settings, std::move(environment), timing, census, gateways,
      std::move(storage), found);
  discovery_id = scheduler->add([&](TaskId) {
    return std::make_shared<DiscoveryTask>(discovery, scheduler->gate());
  });
  // A first look needs to know the processes.
  if (census) census->request(scheduler->waker(discovery_id));
}

Fleet::Fleet(const Settings& settings, DiscoveryEnvironment environment,
             std::shared_ptr<LogStorage> storage)
    : parts_{std::make_shared<Parts>(settings, std::move(environment),
                                     std::move(storage))},
      config_loaded_at_{wall_time_now()},
      http_answers_{{200, 0}, {401, 0}, {403, 0}, {404, 0},
                    {405, 0}, {429, 0}, {500, 0}, {503, 0}} {}

Fleet::~Fleet() { stop(milliseconds{100}); }

std::optional<Problem> Fleet::reload(const Settings& settings) {
  const auto look = parts_->discovery->reload(settings);
  {
    const std::lock_guard guard{mutex_};
    reload_look_ = look;
  }
  parts_->scheduler->wake(parts_->discovery_id);
  if (parts_->discovery->wait_for(look, parts_->timing.patience + kReloadGrace))
    return {};
  return Problem{Fault::timeout, "discovery",
                 "it hangs; the new settings are in force when it goes on"};
}

bool Fleet::reloaded() const {
  const std::lock_guard guard{mutex_};
  return parts_->discovery->wait_for(reload_look_, milliseconds{0});
}

void Fleet::note_configuration(ConfigurationPart part, bool successful) {
  const std::lock_guard guard{mutex_};
  if (successful)
    parts_missing_.erase(part);
  else
    parts_missing_.insert(part);
  if (successful && part != ConfigurationPart::web_files)
    config_loaded_at_ = wall_time_now();
}

bool Fleet::ready() const {
  const auto& parts = *parts_;
  const auto settled = [](const auto& reader) {
    return !reader || reader->source().health().settled;
  };
  return parts.discovery->source().health().settled && settled(parts.census) &&
         settled(parts.pressure) && settled(parts.stalls) &&
         parts.gateways->settled();
}

std::vector<std::string> Fleet::hanging_places() const {
  auto places = parts_->scheduler->hanging_places();
  if (parts_->writing_scheduler) {
    auto more = parts_->writing_scheduler->hanging_places();
    places.insert(places.end(), std::move_iterator{more.begin()},
                  std::move_iterator{more.end()});
  }
  return places;
}

bool Fleet::lives() const { return parts_->scheduler->works(); }

std::string Fleet::status() const {
  const auto now = snapshot();
  std::size_t failing = 0;
  const auto look_at = [&](const SourceHealth& health) {
    if (health.settled && !health.up) ++failing;
  };
  if (parts_->census) look_at(parts_->census->source().health());
  for (const auto& gateway : now.gateways)
    gateway.readings.for_each_health(look_at);
  const auto count = [](std::size_t number, const std::string& what) {
    return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
  };
  auto text = "watching " + count(now.gateways.size(), "gateway");
  if (failing > 0)
    text +=
        ", " + count(failing, "reader") + (failing == 1 ? " fails" : " fail");
  return text;
}

bool Fleet::reads_input() const {
  return std::ranges::any_of(
      parts_->gateways->snapshot(), [](const auto& gateway) {
        const auto* const logs = gateway.readings.template look_at<LogFacts>();
        return logs && logs->input_open;
      });
}

FleetSnapshot Fleet::snapshot() const {
  const auto& parts = *parts_;
  FleetSnapshot snapshot;
  snapshot.now = wall_time_now();
  snapshot.exporter.build = {std::string{kVersion}, std::string{kRevision},
                             std::string{kCompiler}};
  snapshot.with_exporter_metrics = !parts.settings.disable_exporter_metrics;
  if (snapshot.with_exporter_metrics) snapshot.exporter.process = read_self();
  {
    const std::lock_guard guard{mutex_};
    snapshot.exporter.config_loaded_at = config_loaded_at_;
    snapshot.exporter.config_in_force = parts_missing_.empty();
    if (snapshot.with_exporter_metrics)
      snapshot.exporter.http_answers = http_answers_;
  }
  snapshot.discovery = parts.discovery->facts();
  snapshot.sampling.emplace();
  snapshot.sampling->hanging = parts.scheduler->hanging();
  if (parts.writing_scheduler)
    snapshot.sampling->hanging += parts.writing_scheduler->hanging();
  if (parts.stalls)
    snapshot.sampling->stall_interval = parts.stalls->looks_each();
  if (parts.pressure)
    snapshot.disk_pressure = parts.pressure->source().latest();
  const auto stalls = parts.stalls ? parts.stalls->source().latest() : nullptr;
  std::optional<SourceHealth> processes;
  if (parts.census) processes = parts.census->source().health();
  snapshot.gateways = parts.gateways->snapshot();
  for (auto& gateway : snapshot.gateways) {
    gateway.readings.put_census(processes);
    if (!stalls) continue;
    if (const auto of = stalls->find(gateway.name); of != stalls->end())
      gateway.stalls = of->second;
  }
  return snapshot;
}

std::string Fleet::exposition(ExpositionFormat format) const {
  const auto facts = snapshot();
  return write_exposition(facts, judge(facts), format);
}

void Fleet::count_http_answer(int status) {
  const std::lock_guard guard{mutex_};
  ++http_answers_[status];
}

bool Fleet::stop(milliseconds patience) {
  parts_->gateways->stop();
  const auto deadline = monotonic_now() + patience;
  bool all = parts_->scheduler->stop(patience);
  if (parts_->writing_scheduler)
    all = parts_->writing_scheduler->stop(std::max(
              milliseconds{1},
              std::chrono::ceil<milliseconds>(deadline - monotonic_now()))) &&
          all;
  return all;
}

}  // namespace openclaw_lock
