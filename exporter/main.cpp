// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "exporter/commands/run.h"
#include "exporter/config/command_line.h"

int main(int argc, char** argv) {
  using openclaw_lock::EarlyExit;
  using openclaw_lock::Settings;
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0),
                                             argv + argc);
    const auto parsed = openclaw_lock::parse_command_line(arguments);
    if (const auto* exit = std::get_if<EarlyExit>(&parsed)) {
      std::fputs(exit->text.c_str(), exit->exit_code == 0 ? stdout : stderr);
      return exit->exit_code;
    }
    return openclaw_lock::run(std::get<Settings>(parsed), arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "openclaw-lock-exporter: %s\n", error.what());
    return 1;
  }
}
