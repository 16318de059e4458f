// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/reloader.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

#include "exporter/config/command_line.h"
#include "exporter/config/flags.h"
#include "exporter/system/clock.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

using Status = ReloadOutcome::Status;

/// After a look at the web configuration that hangs: each try may cost another
/// thread.
constexpr std::chrono::milliseconds kFirstRest{60'000};
constexpr std::chrono::milliseconds kLongestRest{3'600'000};
constexpr int kRestFactor = 4;

std::string to_line(const Problem& problem) {
  return problem.where + ": " + problem.detail;
}

/// The reason without the program's name and the line's end.
std::string to_line(const EarlyExit& exit) {
  auto line = exit.text.substr(0, exit.text.find('\n'));
  constexpr std::string_view kProgram = "openclaw-lock-exporter: ";
  return line.starts_with(kProgram) ? line.substr(kProgram.size()) : line;
}

std::string join(const std::vector<std::string>& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

Reloader::Reloader(std::vector<std::string> arguments, Settings running,
                   std::shared_ptr<Fleet> fleet,
                   std::shared_ptr<WebConfigFile> web,
                   std::shared_ptr<const NotifySocket> service, Timing timing)
    : arguments_{std::move(arguments)},
      running_{std::move(running)},
      fleet_{std::move(fleet)},
      web_{std::move(web)},
      service_{std::move(service)},
      timing_{timing},
      calls_{"reading", timing.patience},
      web_calls_{"web reading", timing.patience},
      next_look_{monotonic_now() + timing.web_interval},
      reader_{"reload", [this] { return go_round(); }} {}

ReloadOutcome Reloader::reload() {
  const std::unique_lock lock{mutex_, std::try_to_lock};
  if (!lock) return {Status::busy, "a reload is under way"};
  return reader_.run([this] { return reload_and_tell(); });
}

void Reloader::request() {
  if (requested_.exchange(true)) return;
  reader_.start([this] {
    requested_ = false;
    reload_and_tell();
  });
}

ReloadOutcome Reloader::reload_and_tell() {
  // A service manager that waits for the start is not told that it is over.
  was_ready_ = was_ready_ || fleet_->ready();
  const bool service_knows = service_ && was_ready_;
  if (service_knows) service_->reloading();
  ReloadOutcome outcome;
  try {
    outcome = try_reload();
  } catch (const std::exception& error) {
    outcome = {Status::failed, describe_exception(error)};
  }
  awaits_gateways_ = outcome.status == Status::pending;
  fleet_->note_configuration(ConfigurationPart::settings,
                             outcome.status == Status::done);
  tell(outcome);
  if (service_knows) service_->ready(fleet_->status());
  return outcome;
}

void Reloader::tell(const ReloadOutcome& outcome) const {
  if (outcome.status == Status::failed)
    log::error("the configuration was not reloaded, the old one goes on",
               {{"reason", outcome.line}});
  else if (outcome.status == Status::pending)
    log::error("the new configuration is not in force yet",
               {{"reason", outcome.line}});
  else if (outcome.line.empty())
    log::info("the configuration was reloaded");
  else
    log::warn("the configuration was reloaded, but some of it needs a restart",
              {{"settings", outcome.line}});
}

ReloadOutcome Reloader::try_reload() {
  const auto parsed = calls_.run(
      running_.config_file.native(),
      [arguments = arguments_] { return parse_command_line(arguments); });
  if (!parsed) return {Status::failed, to_line(parsed.problem())};
  if (const auto* exit = std::get_if<EarlyExit>(&*parsed))
    return {Status::failed, to_line(*exit)};
  const auto& next = std::get<Settings>(*parsed);
  auto read = calls_.run(
      next.web_config_file.native(),
      [file = next.web_config_file] { return WebConfigFile::read(file); });
  if (!read) return {Status::failed, to_line(read.problem())};
  if (const auto problem = web_->take(*std::move(read)))
    return {Status::failed, to_line(*problem)};
  end_hang();
  next_look_ = monotonic_now() + timing_.web_interval;
  fleet_->note_configuration(ConfigurationPart::web, true);
  log::configure(next.log_level, next.log_format);
  if (const auto problem = fleet_->reload(next))
    return {Status::pending, to_line(*problem)};
  return {Status::done, join(find_restart_settings(running_, next))};
}

std::optional<std::chrono::milliseconds> Reloader::go_round() {
  if (awaits_gateways_) look_at_gateways();
  const auto tried = web_->tried();
  if (!tried.file.empty()) look_at_web(tried);
  if (tried.file.empty() && !awaits_gateways_) return {};
  return timing_.web_interval;
}

void Reloader::look_at_gateways() {
  if (!fleet_->reloaded()) return;
  awaits_gateways_ = false;
  fleet_->note_configuration(ConfigurationPart::settings, true);
  log::info("the new configuration is in force now");
}

void Reloader::look_at_web(const WebConfigFile::Tried& tried) {
  const bool came_back = web_hangs() && web_calls_.under_way() == 0;
  if (monotonic_now() < next_look_ && !came_back) return;
  auto read = web_calls_.run(tried.file.native(), [tried] {
    return WebConfigFile::read_if_changed(tried);
  });
  if (read)
    take_web(*std::move(read));
  else
    bear_with_web(read.problem());
}

void Reloader::bear_with_web(const Problem& problem) {
  if (!web_hangs()) {
    fleet_->note_configuration(ConfigurationPart::web_files, false);
    log::error("nobody knows whether the web configuration has changed",
               {{"where", problem.where}, {"reason", problem.detail}});
  }
  rest_ =
      web_hangs() ? std::min(kRestFactor * rest_, kLongestRest) : kFirstRest;
  next_look_ = monotonic_now() + rest_;
}

void Reloader::end_hang() {
  if (!web_hangs()) return;
  rest_ = {};
  fleet_->note_configuration(ConfigurationPart::web_files, true);
  log::info("the web configuration can be read again");
}

void Reloader::take_web(WebRead read) {
  end_hang();
  next_look_ = monotonic_now() + timing_.web_interval;
  if (!read) return;
  const auto problem = web_->take_again(*std::move(read));
  fleet_->note_configuration(ConfigurationPart::web, !problem);
  if (problem)
    log::error("the new web configuration is not used",
               {{"where", problem->where}, {"reason", problem->detail}});
  else
    log::info("the web configuration was loaded anew");
}

}  // namespace openclaw_lock
