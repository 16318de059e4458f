// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/reloader.h"

#include <utility>
#include <variant>

#include "exporter/config/command_line.h"
#include "exporter/config/flags.h"
#include "exporter/system/clock.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

using Status = ReloadOutcome::Status;

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
                   std::shared_ptr<const NotifySocket> service,
                   std::chrono::milliseconds web_interval)
    : arguments_{std::move(arguments)},
      running_{std::move(running)},
      fleet_{std::move(fleet)},
      web_{std::move(web)},
      service_{std::move(service)},
      web_interval_{web_interval},
      next_look_{monotonic_now() + web_interval},
      reader_{"reload", [this] { return look_at_web(); }} {}

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
  auto outcome = try_reload();
  const bool done = outcome.status == Status::done;
  fleet_->note_configuration(ConfigurationPart::settings, done);
  if (!done)
    log::error("the configuration was not reloaded, the old one goes on",
               {{"reason", outcome.line}});
  else if (outcome.line.empty())
    log::info("the configuration was reloaded");
  else
    log::warn("the configuration was reloaded, but some of it needs a restart",
              {{"settings", outcome.line}});
  if (service_knows) service_->ready(fleet_->status());
  return outcome;
}

ReloadOutcome Reloader::try_reload() {
  const auto parsed = parse_command_line(arguments_);
  if (const auto* exit = std::get_if<EarlyExit>(&parsed))
    return {Status::failed, to_line(*exit)};
  const auto& next = std::get<Settings>(parsed);
  if (const auto problem = web_->load(next.web_config_file))
    return {Status::failed, to_line(*problem)};
  fleet_->note_configuration(ConfigurationPart::web, true);
  log::configure(next.log_level, next.log_format);
  if (const auto problem = fleet_->reload(next))
    return {Status::failed, to_line(*problem)};
  return {Status::done, join(find_restart_settings(running_, next))};
}

std::optional<std::chrono::milliseconds> Reloader::look_at_web() {
  if (!web_->has_file()) return {};
  const auto now = monotonic_now();
  if (now < next_look_)
    return std::chrono::ceil<std::chrono::milliseconds>(next_look_ - now);
  next_look_ = now + web_interval_;
  const auto loaded = web_->load_if_changed();
  if (!loaded) return web_interval_;
  fleet_->note_configuration(ConfigurationPart::web, !loaded->has_value());
  if (const auto& problem = *loaded)
    log::error("the new web configuration is not used",
               {{"where", problem->where}, {"reason", problem->detail}});
  else
    log::info("the web configuration was loaded anew");
  return web_interval_;
}

}  // namespace openclaw_lock
