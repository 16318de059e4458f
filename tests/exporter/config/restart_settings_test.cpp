// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/flags.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <variant>

#include "exporter/config/command_line.h"

using namespace openclaw_lock;

namespace {

Settings settings_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse_command_line(arguments);
  REQUIRE(std::holds_alternative<Settings>(parsed));
  return std::get<Settings>(parsed);
}

}  // namespace

TEST_CASE("find_restart_settings: what is reloaded needs none") {
  CHECK(find_restart_settings({}, {}).empty());
  CHECK(find_restart_settings(
            {}, settings_of({"--openclaw.state-dir=a=/a", "--openclaw.log=a=/b",
                             "--log.level=warn", "--log.format=json",
                             "--web.config.file=/w"}))
            .empty());
}

TEST_CASE("find_restart_settings: every other setting is named") {
  const std::vector<std::string> arguments{"--path.procfs=/p",
                                           "--path.sysfs=/s",
                                           "--path.rootfs=/r",
                                           "--sample.interval=7s",
                                           "--no-collector.locks",
                                           "--no-collector.processes",
                                           "--no-collector.logs",
                                           "--no-collector.disk",
                                           "--disk-probe.enabled",
                                           "--disk-probe.interval=7s",
                                           "--storage.path=/x",
                                           "--web.listen-address=:1",
                                           "--web.telemetry-path=/m",
                                           "--web.max-requests=1",
                                           "--web.disable-exporter-metrics",
                                           "--textfile.path=/x.prom"};
  std::vector<std::string> expected;
  for (const auto& argument : arguments) {
    auto name = argument.substr(2, argument.find('=') - 2);
    if (name.starts_with("no-")) name = name.substr(3);
    expected.push_back(name);
  }
  CHECK(find_restart_settings({}, settings_of(arguments)) == expected);

  // A flag that the file has, too, is either reloaded or named.
  const std::set<std::string_view> reloaded{"log.level", "log.format",
                                            "web.config.file"};
  for (const auto& flag : known_flags())
    if (flag.in_file && !reloaded.contains(flag.name)) {
      CAPTURE(flag.name);
      CHECK(std::ranges::find(expected, flag.name) != expected.end());
    }
}
