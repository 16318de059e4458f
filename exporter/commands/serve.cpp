// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/serve.h"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "exporter/build_info.h"
#include "exporter/commands/check.h"
#include "exporter/commands/start.h"
#include "exporter/commands/textfile_writer.h"
#include "exporter/config/setting_values.h"
#include "exporter/fleet/fleet.h"
#include "exporter/http/access/web_config_file.h"
#include "exporter/http/pages/endpoints.h"
#include "exporter/http/pages/shared_answer.h"
#include "exporter/sandbox/sandbox.h"
#include "exporter/service/http_pulse.h"
#include "exporter/service/notify_socket.h"
#include "exporter/service/reloader.h"
#include "exporter/service/service_reporter.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"
#include "exporter/system/signals.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPulsePatience{5000};
constexpr milliseconds kRefusalsInterval{10000};

std::unique_ptr<TextfileWriter> start_textfile_writer(
    const Settings& settings, const std::shared_ptr<Fleet>& fleet) {
  if (settings.textfile_path.empty()) return nullptr;
  return std::make_unique<TextfileWriter>(
      settings.textfile_path, settings.sample_interval,
      [fleet] { return fleet->exposition(ExpositionFormat::text_0_0_4); });
}

/// Threads for the refused scrapes and the other pages, too.
ListenerLimits limits_for(const Settings& settings) {
  constexpr unsigned kMost = 256;
  constexpr unsigned kSpare = 8;
  ListenerLimits limits;
  rlimit descriptors{};
  if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0)
    limits.connections.connections = std::clamp<std::size_t>(
        descriptors.rlim_cur / 4, 64, limits.connections.connections);
  if (settings.max_requests > 0)
    limits.threads = std::min(settings.max_requests, kMost) + kSpare;
  return limits;
}

Result<std::unique_ptr<Listener>> start_http(
    const Settings& settings, const std::shared_ptr<Fleet>& fleet,
    const std::shared_ptr<WebConfigFile>& web,
    const std::shared_ptr<Reloader>& reloader) {
  EndpointSettings endpoints;
  endpoints.telemetry_path = settings.telemetry_path;
  endpoints.max_requests = settings.max_requests;
  endpoints.version = kVersion;
  EndpointSources sources;
  const auto shared = [fleet](ExpositionFormat format) {
    return std::make_shared<SharedAnswer>(
        [fleet, format] { return fleet->exposition(format); });
  };
  sources.metrics = [text = shared(ExpositionFormat::text_0_0_4),
                     openmetrics = shared(ExpositionFormat::openmetrics_1_0_0)](
                        ExpositionFormat format) {
    const auto& answer =
        format == ExpositionFormat::text_0_0_4 ? text : openmetrics;
    return answer->get();
  };
  sources.ready = [fleet] { return fleet->ready(); };
  sources.hanging = [fleet] { return fleet->hanging_places(); };
  sources.answered = [fleet](int status) { fleet->count_http_answer(status); };
  sources.reload = [reloader] { return reloader->reload(); };
  sources.guard = [web](const HttpRequest& request,
                        const HttpHandler& handler) {
    return web->access().answer(request, handler);
  };
  return start_listener(settings.listen, limits_for(settings),
                        make_endpoints(endpoints, std::move(sources)),
                        [web] { return web->tls(); });
}

/// Nothing where no service manager waits.
std::unique_ptr<ServiceReporter> start_reporter(
    Sandbox& sandbox, const std::shared_ptr<const NotifySocket>& service,
    const ListenAddress& address, const std::shared_ptr<Fleet>& fleet) {
  if (!service) return nullptr;
  ServiceState state;
  state.ready = [fleet] { return fleet->ready(); };
  state.status = [fleet] { return fleet->status(); };
  state.lives = [fleet, address] {
    return fleet->lives() && http_pulse(address, kPulsePatience);
  };
  ServiceTiming timing;
  timing.watchdog = watchdog_of_environment();
  return sandbox.watching(address.port, [&] {
    return std::make_unique<ServiceReporter>(service, std::move(state), timing);
  });
}

void tell_addresses(const Settings& settings, const Listener& listener,
                    bool tls) {
  const std::string scheme = tls ? "https://" : "http://";
  for (auto address : listener.addresses()) {
    if (address.unix_path.empty() && address.host.empty()) address.host = "::";
    const bool tcp = address.unix_path.empty();
    log::info("listening", {{"url", (tcp ? scheme : "") + to_text(address) +
                                        (tcp ? settings.telemetry_path : "")}});
  }
}

/// The soft limit is small for the sake of select(2), which nobody uses here.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Below that it could not even answer.
std::optional<Problem> find_few_descriptors() {
  constexpr rlim_t kLeast = 32;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= kLeast)
    return {};
  return Problem{Fault::io, "file descriptors",
                 "at least " + std::to_string(kLeast) +
                     " are needed: " + describe_error(EMFILE)};
}

/// Ends by a signal.
void wait_for_the_end(Reloader& reloader, Sandbox& sandbox,
                      TextfileWriter* textfile) {
  for (;;) {
    const int signal = wait_for_signal(kRefusalsInterval);
    sandbox.tell_refusals();
    if (textfile != nullptr) textfile->tell_hang();
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP) reloader.request();
  }
}

}  // namespace

int serve(const Settings& settings, const std::vector<std::string>& arguments,
          StartWatch& watch) {
  const auto web = load_web_configuration(settings, watch);
  if (!web) return 2;
  log::info("starting openclaw-lock-exporter",
            {{"version", std::string{kVersion}},
             {"revision", std::string{kRevision}}});
  raise_descriptor_limit();
  if (const auto problem = find_few_descriptors()) {
    log::error("cannot start",
               {{"where", problem->where}, {"reason", problem->detail}});
    leave(1);
  }
  auto environment = DiscoveryEnvironment::of_this_process();
  const auto service = NotifySocket::of_environment();
  watch.step(places_of(settings));
  Sandbox sandbox{settings, service != nullptr};
  const auto fleet = std::make_shared<Fleet>(
      settings, std::move(environment),
      sandbox.writing([&] { return open_storage(settings); }));
  const auto reloader =
      std::make_shared<Reloader>(arguments, settings, fleet, web, service);
  auto listener = sandbox.serving(
      [&] { return start_http(settings, fleet, web, reloader); });
  if (!listener) {
    log::error("cannot listen", {{"address", listener.problem().where},
                                 {"reason", listener.problem().detail}});
    leave(1);
  }
  tell_addresses(settings, **listener, web->tls() != nullptr);
  const auto textfile =
      sandbox.writing([&] { return start_textfile_writer(settings, fleet); });
  const auto reporter =
      start_reporter(sandbox, service, (*listener)->addresses().front(), fleet);
  sandbox.settle();
  watch.end();
  wait_for_the_end(*reloader, sandbox, textfile.get());
  log::info("stopping");
  if (service) service->stopping();
  if (reporter) reporter->stop(kStopPatience);
  if (textfile) textfile->stop(kStopPatience);
  if (!fleet->stop(kStopPatience))
    log::warn("a reader hangs and is left behind");
  // The kernel may keep this process until that reader's call returns; the
  // addresses are wanted by the next one.
  (*listener)->close();
  leave(0);
}

}  // namespace openclaw_lock
