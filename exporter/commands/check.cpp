// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check.h"

#include <cstdio>

#include "exporter/http/engine/listener.h"

namespace openclaw_lock {

std::shared_ptr<WebConfigFile> load_web_configuration(
    const Settings& settings) {
  auto web = std::make_shared<WebConfigFile>();
  auto problem = web->load(settings.web_config_file);
  if (!problem) problem = find_unsupported(settings.listen, false);
  if (!problem) return web;
  std::fprintf(stderr, "openclaw-lock-exporter: %s: %s\n",
               problem->where.c_str(), problem->detail.c_str());
  return nullptr;
}

int check(const Settings& settings) {
  if (!load_web_configuration(settings)) return 2;
  std::puts("configuration is valid");
  return 0;
}

}  // namespace openclaw_lock
