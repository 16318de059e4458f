// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "exporter/commands/check.h"
#include "exporter/commands/once.h"
#include "exporter/commands/serve.h"
#include "exporter/config/command_line.h"
#include "exporter/system/log.h"
#include "exporter/system/memory.h"

int main(int argc, char** argv) {
  using openclaw_lock::EarlyExit;
  using openclaw_lock::Settings;
  openclaw_lock::keep_memory_small();
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0),
                                             argv + argc);
    const auto parsed = openclaw_lock::parse_command_line(arguments);
    if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
      std::fputs(exit->text.c_str(), exit->exit_code == 0 ? stdout : stderr);
      return exit->exit_code;
    }
    const auto& settings = std::get<Settings>(parsed);
    openclaw_lock::log::configure(settings.log_level, settings.log_format);
    if (settings.config_check) return openclaw_lock::check(settings);
    if (settings.once) return openclaw_lock::once(settings);
    return openclaw_lock::serve(settings, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "openclaw-lock-exporter: %s\n", error.what());
    return 1;
  }
}
