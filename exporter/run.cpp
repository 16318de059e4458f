// SPDX-License-Identifier: Apache-2.0
#include "exporter/run.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "exporter/atomic_file.h"
#include "exporter/build_info.h"
#include "exporter/clock.h"
#include "exporter/exporter.h"
#include "exporter/http/endpoints.h"
#include "exporter/log.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStopPatience{1000};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

/// True when a stop signal came within the span.
bool wait_for_stop(const sigset_t& signals, milliseconds span) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(span);
  timespec timeout{};
  timeout.tv_sec = seconds.count();
  timeout.tv_nsec = std::chrono::nanoseconds{span - seconds}.count();
  return ::sigtimedwait(&signals, nullptr, &timeout) > 0;
}

/// Readers may hang in the system, and civetweb takes 2 s to end: there is
/// nothing to tidy up, so none of them is waited for.
[[noreturn]] void leave(int exit_code) {
  log::flush();
  std::fflush(stdout);
  ::_exit(exit_code);
}

std::shared_ptr<LogStorage> open_storage(const Settings& settings) {
  auto storage =
      LogStorage::open(settings.collect_logs ? settings.storage_path : "");
  if (storage) return *std::move(storage);
  log::error("cannot use storage.path", {{"path", storage.problem().where},
                                         {"reason", storage.problem().detail}});
  leave(1);
}

int write_once(const Settings& settings, const sigset_t& signals) {
  Exporter exporter{settings, DiscoveryEnvironment::of_this_process(),
                    open_storage(settings)};
  while (!exporter.ready())
    if (wait_for_stop(signals, milliseconds{20})) leave(0);
  const auto text = exporter.exposition(ExpositionFormat::text_0_0_4);
  int exit_code = 0;
  if (settings.textfile_path.empty()) {
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
      exit_code = 1;
  } else if (const auto problem =
                 write_atomically(settings.textfile_path, text)) {
    log::error("cannot write the text file",
               {{"file", problem->where}, {"reason", problem->detail}});
    exit_code = 1;
  }
  if (exporter.stop(kStopPatience)) return exit_code;
  leave(exit_code);
}

std::unique_ptr<ReaderThread> start_textfile_writer(
    const Settings& settings, const std::shared_ptr<Exporter>& exporter) {
  if (settings.textfile_path.empty()) return nullptr;
  return std::make_unique<ReaderThread>(
      "textfile",
      [exporter, path = settings.textfile_path,
       interval = settings.sample_interval](const StopSignal& stop) {
        bool failing = false;
        do {
          const auto problem = write_atomically(
              path, exporter->exposition(ExpositionFormat::text_0_0_4));
          if (problem && !failing)
            log::error("cannot write the text file",
                       {{"file", problem->where}, {"reason", problem->detail}});
          failing = problem.has_value();
        } while (stop.sleep(interval));
      });
}

/// Threads for the refused scrapes and the other pages, too.
ListenerLimits limits_for(const Settings& settings) {
  constexpr unsigned kMost = 256;
  constexpr unsigned kSpare = 8;
  ListenerLimits limits;
  if (settings.max_requests > 0)
    limits.threads = std::min(settings.max_requests, kMost) + kSpare;
  return limits;
}

Result<std::unique_ptr<Listener>> start_http(
    const Settings& settings, const std::shared_ptr<Exporter>& exporter) {
  EndpointSettings endpoints;
  endpoints.telemetry_path = settings.telemetry_path;
  endpoints.max_requests = settings.max_requests;
  endpoints.version = kVersion;
  EndpointSources sources;
  sources.metrics = [exporter](ExpositionFormat format) {
    return exporter->exposition(format);
  };
  sources.ready = [exporter] { return exporter->ready(); };
  sources.answered = [exporter](int status) {
    exporter->count_http_answer(status);
  };
  return start_listener(settings.listen, limits_for(settings),
                        make_endpoints(endpoints, std::move(sources)));
}

int serve(const Settings& settings, const sigset_t& signals) {
  const auto exporter = std::make_shared<Exporter>(
      settings, DiscoveryEnvironment::of_this_process(),
      open_storage(settings));
  auto listener = start_http(settings, exporter);
  if (!listener) {
    log::error("cannot listen", {{"address", listener.problem().where},
                                 {"reason", listener.problem().detail}});
    leave(1);
  }
  const auto ports = (*listener)->ports();
  for (std::size_t i = 0; i < ports.size(); ++i)
    log::info("listening", {{"url", "http://" + settings.listen[i].host + ":" +
                                        std::to_string(ports[i]) +
                                        settings.telemetry_path}});
  const auto textfile = start_textfile_writer(settings, exporter);
  while (!wait_for_stop(signals, std::chrono::hours{1})) {
  }
  log::info("stopping");
  if (textfile) textfile->stop(kStopPatience);
  if (!exporter->stop(kStopPatience)) {
    log::warn("a reader hangs and is left behind");
    // The kernel may keep this process until that reader's call returns; the
    // port is wanted by the next one.
    listener->reset();
  }
  leave(0);
}

}  // namespace

int run(const Settings& settings) {
  log::configure(settings.log_level, settings.log_format);
  if (settings.config_check) {
    std::puts("configuration is valid");
    return 0;
  }
  const auto signals = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  if (settings.once) return write_once(settings, signals);
  log::info("starting openclaw-lock-exporter",
            {{"version", std::string{kVersion}},
             {"revision", std::string{kRevision}}});
  return serve(settings, signals);
}

}  // namespace openclaw_lock
