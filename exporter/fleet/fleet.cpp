// SPDX-License-Identifier: Apache-2.0
#include "exporter/fleet/fleet.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>

#include "exporter/build_info.h"
#include "exporter/readers/processes/self_reader.h"
#include "exporter/sampling/problem_log.h"
#include "exporter/system/clock.h"
#include "exporter/system/log.h"
#include "exporter/system/mount_view.h"
#include "exporter/views/metrics/exposition.h"
#include "exporter/views/metrics/metric_families.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

/// A round may take two intervals before it counts as hanging.
SourceTiming timing_of(const Settings& settings) {
  constexpr milliseconds kLeast{2000};
  constexpr milliseconds kMost{30000};
  return {settings.sample_interval,
          std::clamp(2 * settings.sample_interval, kLeast, kMost)};
}

/// What a sampler has, where there is one.
template <typename Value>
void show(const SamplerOf<Value>* sampler, std::shared_ptr<const Value>& value,
          std::optional<SourceHealth>& health) {
  if (sampler == nullptr) return;
  value = sampler->source().latest();
  health = sampler->source().health();
}

std::vector<Sampler*> those_of(std::initializer_list<Sampler*> samplers) {
  std::vector<Sampler*> there;
  std::ranges::copy_if(samplers, std::back_inserter(there),
                       [](const Sampler* one) { return one != nullptr; });
  return there;
}

}  // namespace

Fleet::State::State(const Settings& settings_, SourceTiming timing_)
    : settings{settings_},
      timing{timing_},
      discovery{timing_},
      ordered{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}

std::vector<Sampler*> Fleet::Gateway::samplers() const {
  return those_of(
      {locks.get(), logs.get(), facts.get(), disk.get(), disk_probe.get()});
}

std::vector<Sampler*> Fleet::State::samplers() const {
  return those_of({pressure.get(), stalls.get()});
}

Fleet::Fleet(const Settings& settings, DiscoveryEnvironment environment,
             std::shared_ptr<LogStorage> storage)
    : state_{std::make_shared<State>(settings, timing_of(settings))},
      config_loaded_at_{wall_time_now()},
      http_answers_{{200, 0}, {401, 0}, {403, 0}, {404, 0},
                    {405, 0}, {429, 0}, {500, 0}, {503, 0}} {
  state_->storage = std::move(storage);
  if (settings.collect_processes)
    state_->census = std::make_shared<ProcessCensus>(
        settings.procfs, state_->timing, settings.rootfs);
  if (settings.collect_disk) {
    state_->pressure = std::make_unique<PressureSampler>(
        settings.procfs / "pressure/io", state_->timing);
    state_->stalls =
        std::make_unique<StallSampler>(settings.procfs, state_->timing);
  }
  discovery_ = std::make_unique<ReaderThread>(
      "discovery",
      [state = state_, environment = std::move(environment)](
          const StopSignal& stop) { discover(*state, environment, stop); });
}

Fleet::~Fleet() { stop(milliseconds{100}); }

void Fleet::discover(State& state, DiscoveryEnvironment environment,
                     const StopSignal& stop) {
  GatewayDiscovery discovery{state.settings, std::move(environment)};
  ProblemLog problem_log{"discovery"};
  bool said_none = false;
  do {
    if (const auto order = state.orders.take()) {
      discovery.configure(*order);
      said_none = false;
    }
    state.discovery.begin_round();
    auto facts = state.census ? state.census->facts() : nullptr;
    if (!facts && state.census)
      facts = state.census->next_facts(state.timing.patience);
    RoundResult round;
    const auto found = discovery.round(facts.get(), wall_time_now(),
                                       always_open, round.problems);
    round.success = true;
    problem_log.tell(round.problems);
    end_others(state, found);
    // One that took over the name of another can start only now.
    for (const auto& gateway : found) start(state, gateway);
    watch_stalls(state, found);
    state.discovery.finish_round(round);
    if (found.empty() && !said_none)
      log::info("no OpenClaw state directory found yet; looking on");
    said_none = said_none || found.empty();
  } while (wait_for_round(state, stop));
}

/// False where the end was requested.
bool Fleet::wait_for_round(State& state, const StopSignal& stop) {
  std::array<pollfd, 2> events{
      {{stop.descriptor(), POLLIN, 0}, {state.ordered.get(), POLLIN, 0}}};
  if (!stop.requested())
    ::poll(events.data(), events.size(),
           static_cast<int>(state.timing.interval.count()));
  eventfd_t ignored = 0;
  ::eventfd_read(state.ordered.get(), &ignored);
  return !stop.requested();
}

void Fleet::reload(const Settings& settings) {
  state_->orders.put(settings);
  ::eventfd_write(state_->ordered.get(), 1);
}

void Fleet::note_configuration(ConfigurationPart part, bool successful) {
  const std::lock_guard guard{config_mutex_};
  (part == ConfigurationPart::settings ? settings_in_force_ : web_in_force_) =
      successful;
  if (successful) config_loaded_at_ = wall_time_now();
}

void Fleet::start(State& state, const WatchedGateway& gateway) {
  const std::lock_guard guard{state.mutex};
  if (state.stopped) return;
  if (const auto known = state.gateways.find(gateway.name);
      known != state.gateways.end()) {
    auto& entry = known->second;
    if (entry.watched.state_dir != gateway.state_dir) return;
    if (entry.logs && entry.watched != gateway) entry.logs->watch(gateway);
    if (entry.locks && entry.watched.session_dirs != gateway.session_dirs)
      entry.locks->watch(gateway.session_dirs);
    entry.watched = gateway;
    return;
  }
  Gateway entry;
  entry.watched = gateway;
  LockReader::Census census;
  if (state.census) {
    const auto patience = state.timing.patience / 2;
    census = [census_ = state.census, patience] {
      return census_->next(patience);
    };
    auto inputs = [census_ = state.census, patience,
                   procfs = state.settings.procfs] {
      return GatewayInputs{census_->next_facts(patience),
                           read_wal_locks(procfs),
                           std::make_shared<const std::vector<Mount>>(
                               read_mount_view(procfs, "/").mounts)};
    };
    entry.facts = std::make_unique<GatewaySampler>(
        gateway.name,
        GatewayReaderSettings{gateway.state_dir, state.settings.procfs,
                              gateway.root},
        std::move(inputs), state.timing);
  }
  if (state.settings.collect_locks) {
    entry.locks = std::make_unique<LockSampler>(
        gateway.name,
        LockReaderSettings{gateway.state_dir, gateway.session_dirs,
                           state.settings.procfs, gateway.root},
        std::move(census), state.timing);
  }
  if (state.settings.collect_logs)
    entry.logs =
        std::make_unique<LogSampler>(gateway, state.storage, state.timing);
  if (state.settings.collect_disk)
    entry.disk = std::make_unique<DiskSampler>(
        gateway.name,
        DiskReaderSettings{gateway.state_dir, state.settings.procfs,
                           state.settings.sysfs, state.settings.rootfs},
        state.timing);
  if (state.settings.disk_probe)
    entry.disk_probe = std::make_unique<DiskProbeSampler>(
        gateway.name, gateway.state_dir, state.settings.disk_probe_interval);
  log::info("watching a gateway",
            {{"gateway", gateway.name},
             {"state_dir", gateway.passing ? "" : gateway.state_dir}});
  state.gateways.emplace(gateway.name, std::move(entry));
}

void Fleet::end_others(State& state, const std::vector<WatchedGateway>& found) {
  std::vector<Gateway> ended;
  {
    const std::lock_guard guard{state.mutex};
    for (auto entry = state.gateways.begin(); entry != state.gateways.end();) {
      const bool kept =
          std::any_of(found.begin(), found.end(), [&](const auto& gateway) {
            return gateway.state_dir == entry->second.watched.state_dir &&
                   gateway.name == entry->first;
          });
      if (!kept) ended.push_back(std::move(entry->second));
      entry = kept ? std::next(entry) : state.gateways.erase(entry);
    }
  }
  for (auto& gateway : ended) {
    log::info("a gateway is gone", {{"gateway", gateway.watched.name}});
    for (auto* sampler : gateway.samplers()) sampler->request_stop();
    for (auto* sampler : gateway.samplers()) sampler->stop(milliseconds{1000});
  }
}

void Fleet::watch_stalls(State& state,
                         const std::vector<WatchedGateway>& found) {
  if (!state.stalls) return;
  GatewayProcesses processes;
  for (const auto& gateway : found) processes[gateway.name] = gateway.processes;
  state.stalls->watch(std::move(processes));
}

bool Fleet::ready() const {
  if (!state_->discovery.health().settled) return false;
  if (state_->census && !state_->census->source().health().settled)
    return false;
  const auto settled = [](const Sampler* sampler) {
    return sampler->settled();
  };
  if (!std::ranges::all_of(state_->samplers(), settled)) return false;
  const std::lock_guard guard{state_->mutex};
  return std::ranges::all_of(state_->gateways, [&](const auto& entry) {
    return std::ranges::all_of(entry.second.samplers(), settled);
  });
}

bool Fleet::lives() const {
  const std::lock_guard guard{state_->mutex};
  return discovery_ && !discovery_->ended();
}

std::string Fleet::status() const {
  const auto now = report();
  std::size_t failing = 0;
  const auto look_at = [&](const std::optional<SourceHealth>& health) {
    if (health && health->settled && !health->up) ++failing;
  };
  if (state_->census) look_at(state_->census->source().health());
  for (const auto& gateway : now.gateways) {
    look_at(gateway.locks_health);
    look_at(gateway.logs_health);
    look_at(gateway.facts_health);
    look_at(gateway.disk_health);
    look_at(gateway.disk_probe_health);
  }
  const auto count = [](std::size_t number, const std::string& what) {
    return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
  };
  auto text = "watching " + count(now.gateways.size(), "gateway");
  if (failing > 0)
    text +=
        ", " + count(failing, "reader") + (failing == 1 ? " fails" : " fail");
  return text;
}

FleetSnapshot Fleet::report() const {
  FleetSnapshot report;
  report.now = wall_time_now();
  report.exporter.build = {std::string{kVersion}, std::string{kRevision},
                           std::string{kCompiler}};
  report.with_exporter_metrics = !state_->settings.disable_exporter_metrics;
  {
    const std::lock_guard guard{config_mutex_};
    report.exporter.config_loaded_at = config_loaded_at_;
    report.exporter.config_in_force = settings_in_force_ && web_in_force_;
  }
  if (report.with_exporter_metrics) {
    report.exporter.process = read_self();
    const std::lock_guard guard{http_mutex_};
    report.exporter.http_answers = http_answers_;
  }
  if (state_->pressure)
    report.disk_pressure = state_->pressure->source().latest();
  std::shared_ptr<const StallFacts> stalls;
  if (state_->stalls) stalls = state_->stalls->source().latest();
  std::optional<SourceHealth> processes;
  if (state_->census) processes = state_->census->source().health();
  const std::lock_guard guard{state_->mutex};
  for (const auto& [name, gateway] : state_->gateways) {
    GatewaySnapshot out;
    out.name = name;
    out.processes_health = processes;
    show(gateway.locks.get(), out.locks, out.locks_health);
    show(gateway.logs.get(), out.logs, out.logs_health);
    show(gateway.facts.get(), out.facts, out.facts_health);
    show(gateway.disk.get(), out.disk, out.disk_health);
    show(gateway.disk_probe.get(), out.disk_probe, out.disk_probe_health);
    if (stalls && stalls->contains(name)) out.stalls = stalls->at(name);
    report.gateways.push_back(std::move(out));
  }
  return report;
}

std::string Fleet::exposition(ExpositionFormat format) const {
  return write_exposition(make_families(report()), format);
}

void Fleet::count_http_answer(int status) {
  const std::lock_guard guard{http_mutex_};
  ++http_answers_[status];
}

bool Fleet::stop(milliseconds patience) {
  const auto deadline = monotonic_now() + patience;
  const auto left = [&] {
    const auto span =
        std::chrono::ceil<milliseconds>(deadline - monotonic_now());
    return std::max(span, milliseconds{1});
  };
  if (!discovery_) return true;
  std::map<std::string, Gateway> gateways;
  {
    const std::lock_guard guard{state_->mutex};
    state_->stopped = true;
    gateways.swap(state_->gateways);
  }
  discovery_->request_stop();
  if (state_->census) state_->census->request_stop();
  auto samplers = state_->samplers();
  for (const auto& [name, gateway] : gateways)
    for (auto* sampler : gateway.samplers()) samplers.push_back(sampler);
  for (auto* sampler : samplers) sampler->request_stop();
  bool all = discovery_->stop(left());
  for (auto* sampler : samplers) all = sampler->stop(left()) && all;
  if (state_->census) all = state_->census->stop(left()) && all;
  const std::lock_guard guard{state_->mutex};
  discovery_.reset();
  return all;
}

}  // namespace openclaw_lock
