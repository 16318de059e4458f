// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/once.h"

#include <signal.h>

#include <cstdio>
#include <string>
#include <utility>

#include "exporter/commands/check.h"
#include "exporter/commands/start.h"
#include "exporter/fleet/fleet.h"
#include "exporter/sandbox/sandbox.h"
#include "exporter/system/atomic_file.h"
#include "exporter/system/log.h"
#include "exporter/system/signals.h"

namespace openclaw_lock {
namespace {

bool print(const std::string& text) {
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
}

bool write_textfile(Sandbox& sandbox, const Settings& settings,
                    const std::string& text) {
  const auto problem = sandbox.writing(
      [&] { return write_atomically(settings.textfile_path, text); });
  if (!problem) return true;
  log::error("cannot write the text file",
             {{"file", problem->where}, {"reason", problem->detail}});
  return false;
}

}  // namespace

int once(const Settings& settings, StartWatch& watch) {
  if (!load_web_configuration(settings, watch)) return 2;
  auto environment = DiscoveryEnvironment::of_this_process();
  watch.step(places_of(settings));
  Sandbox sandbox{settings, false};
  Fleet fleet{settings, std::move(environment),
              sandbox.writing([&] { return open_storage(settings); })};
  watch.rest();
  // What is piped in is known whole when it ends.
  while (!fleet.ready() || fleet.reads_input())
    if (const int signal = wait_for_signal(std::chrono::milliseconds{20});
        signal > 0 && signal != SIGHUP)
      leave(0);
  sandbox.tell_refusals();
  const auto text = fleet.exposition(ExpositionFormat::text_0_0_4);
  if (!settings.textfile_path.empty())
    watch.step(settings.textfile_path.native());
  const bool written = settings.textfile_path.empty()
                           ? print(text)
                           : write_textfile(sandbox, settings, text);
  const int exit_code = written ? 0 : 1;
  watch.rest();
  if (fleet.stop(kStopPatience)) return exit_code;
  leave(exit_code);
}

}  // namespace openclaw_lock
