// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exporter/fleet/gateway_discovery.h"
#include "exporter/readers/processes/census.h"
#include "exporter/readers/processes/process_reader.h"
#include "exporter/system/clock.h"
#include "tests/support/fake_procfs.h"

namespace openclaw_lock {

/// A host below a temporary directory, with its procfs.
struct DiscoveryHost {
  DiscoveryHost() {
    procfs.add_kthreadd();
    settings.rootfs = tree.root();
    settings.procfs = procfs.path();
  }

  void add_gateway_process(int pid, const std::string& environ_text) {
    procfs.add(FakeProcess{pid, 5000, "openclaw-gatewa"});
    const auto base = std::to_string(pid) + '/';
    procfs.write(base + "cmdline", std::string{"openclaw-gateway\0\0", 18});
    procfs.write(base + "environ", environ_text);
  }

  /// What is known of the processes.
  std::shared_ptr<const ProcessFacts> look() const {
    auto table = std::make_shared<ProcessTable>();
    ProcessReader{procfs.path()}.read(*table, {});
    Census census{{procfs.path(), tree.root()}};
    census.round(std::move(table), {}, always_open);
    return census.facts();
  }

  std::vector<WatchedGateway> gateways(GatewayDiscovery& discovery) {
    problems.clear();
    return discovery.round(look().get(), now, gate, problems);
  }

  /// `name=path ` of each gateway, below the tree's root where it is.
  std::string round(GatewayDiscovery& discovery) {
    std::string text;
    for (const auto& gateway : gateways(discovery)) {
      auto path = gateway.state_dir;
      const auto& root = tree.root().native();
      if (path.starts_with(root + '/')) path = path.substr(root.size());
      text += gateway.name + '=' + path;
      for (const auto& extra : gateway.session_dirs)
        text += "+" + extra.substr(root.size());
      if (gateway.missing) text += '!';
      text += gateway.passing ? "? " : " ";
    }
    return text;
  }
  std::string round() {
    GatewayDiscovery discovery{settings, environment};
    return round(discovery);
  }

  TempTree tree;
  FakeProcfs procfs;
  Settings settings;
  DiscoveryEnvironment environment{"", "/home/me"};
  std::vector<Problem> problems;
  WallTime now = wall_time_now();
  Gate gate = always_open;
};

}  // namespace openclaw_lock
