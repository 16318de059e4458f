// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check.h"

#include <cstdio>
#include <vector>

#include "core/base/text.h"
#include "core/fleet/gateway_register.h"
#include "core/gateways/glob_capture.h"
#include "exporter/fleet/gateway_discovery.h"
#include "exporter/http/engine/listener.h"
#include "exporter/system/clock.h"
#include "exporter/system/glob_walker.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLongestText = 4096;

void tell(const Problem& problem) {
  std::fprintf(stderr, "openclaw-lock-exporter: %s: %s\n",
               to_label_text(problem.where, kLongestText).c_str(),
               to_label_text(problem.detail, kLongestText).c_str());
}

}  // namespace

std::shared_ptr<WebConfigFile> load_web_configuration(const Settings& settings,
                                                      StartWatch& watch) {
  auto web = std::make_shared<WebConfigFile>();
  auto problem = web->load(settings.web_config_file, [&](const auto& file) {
    watch.step(file.native());
  });
  if (!problem) problem = find_unsupported(settings.listen, false);
  if (!problem) return web;
  tell(*problem);
  return nullptr;
}

namespace {

/// What keeps a part of the configuration from being watched, as the exporter
/// itself would find at this moment; not what is missing or closed only now.
std::vector<Problem> find_faults(const Settings& settings, StartWatch& watch) {
  std::vector<Problem> problems;
  if (settings.gateways.empty()) return problems;
  const Gate gate = [&watch](const std::string& path) {
    watch.step(path);
    return true;
  };
  GatewayDiscovery{settings, {}}.round(nullptr, wall_time_now(), gate,
                                       problems);
  std::erase_if(problems, [](const Problem& problem) {
    return problem.fault != Fault::malformed && problem.fault != Fault::too_big;
  });
  return problems;
}

/// What a pattern stands for at this moment; none is no error: gateways come.
void tell_matches(const Settings& settings, const GatewaySettings& gateway) {
  const auto root = settings.rootfs == "/" ? "" : settings.rootfs.native();
  std::vector<Problem> problems;
  const auto matches = expand_glob(root + gateway.state_dir,
                                   GatewayRegister::kMaxGateways, problems);
  std::printf("%s: matches %zu director%s now\n",
              to_label_text(gateway.state_dir).c_str(), matches.size(),
              matches.size() == 1 ? "y" : "ies");
  for (const auto& problem : problems)
    std::printf("  %s: %s\n", to_label_text(problem.where).c_str(),
                problem.detail.c_str());
}

}  // namespace

int check(const Settings& settings, StartWatch& watch) {
  if (!load_web_configuration(settings, watch)) return 2;
  const auto faults = find_faults(settings, watch);
  for (const auto& fault : faults) tell(fault);
  if (!faults.empty()) return 2;
  std::puts("configuration is valid");
  for (const auto& gateway : settings.gateways) {
    if (!is_glob(gateway.state_dir)) continue;
    std::fflush(stdout);
    watch.step(gateway.state_dir);
    tell_matches(settings, gateway);
  }
  return 0;
}

}  // namespace openclaw_lock
