// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "exporter/commands/check.h"
#include "exporter/commands/once.h"
#include "exporter/commands/serve.h"
#include "exporter/commands/start.h"
#include "exporter/commands/start_watch.h"
#include "exporter/config/command_line.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"
#include "exporter/system/memory.h"
#include "exporter/system/signals.h"

namespace {

/// A reload may be asked for as soon as there is a process. The libraries are
/// not ready yet, nor is a sanitizer: nothing of theirs is called.
__attribute__((no_sanitize("address", "thread", "undefined"))) void
hold_early() {
  constexpr unsigned long kHeld =
      1UL << (SIGHUP - 1) | 1UL << (SIGTERM - 1) | 1UL << (SIGINT - 1);
  ::syscall(SYS_rt_sigprocmask, SIG_BLOCK, &kHeld, nullptr, sizeof kHeld);
}

[[gnu::section(".preinit_array"),
  gnu::used]] void (*hold_at_exec)() = hold_early;

}  // namespace

int main(int argc, char** argv) {
  using openclaw_lock::EarlyExit;
  using openclaw_lock::Settings;
  openclaw_lock::hold_signals();
  openclaw_lock::keep_memory_small();
  try {
    openclaw_lock::StartWatch watch;
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0),
                                             argv + argc);
    const auto parsed = openclaw_lock::parse_command_line(
        arguments, [&](const auto& file) { watch.step(file.native()); });
    if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
      std::fputs(exit->text.c_str(), exit->exit_code == 0 ? stdout : stderr);
      return exit->exit_code;
    }
    const auto& settings = std::get<Settings>(parsed);
    openclaw_lock::log::configure(settings.log_level, settings.log_format);
    if (settings.config_check) return openclaw_lock::check(settings, watch);
    if (settings.once) return openclaw_lock::once(settings, watch);
    return openclaw_lock::serve(settings, arguments, watch);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "openclaw-lock-exporter: %s\n",
                 openclaw_lock::describe_exception(error).c_str());
    openclaw_lock::leave(1);
  }
}
