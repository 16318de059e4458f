// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "exporter/config/config_file.h"
#include "exporter/config/setting_values.h"

/// Any text ends in settings or in a problem of one line that names the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto settings = openclaw_lock::apply_config(text, "c.yml", {});
  if (settings) {
    if (settings->listen.empty()) std::abort();
    for (const auto& gateway : settings->gateways) {
      if (!gateway.state_dir.starts_with('/')) std::abort();
      for (const auto& log : gateway.logs)
        if (!openclaw_lock::parse_log_source(log)) std::abort();
    }
    return 0;
  }
  const auto& problem = settings.problem();
  if (!problem.where.starts_with("c.yml") || problem.detail.empty() ||
      problem.detail.find('\n') != std::string::npos)
    std::abort();
  return 0;
}
