// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/config_file.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

Settings accepted(std::string_view yaml) {
  CAPTURE(yaml);
  auto settings = apply_config(yaml, "c.yml", {});
  REQUIRE_MESSAGE(settings, settings.problem().detail);
  return *settings;
}

/// `WHERE: DETAIL` of a text that must be refused.
std::string refused(std::string_view yaml) {
  const auto settings = apply_config(yaml, "c.yml", {});
  if (settings) return "accepted: " + std::string{yaml};
  return settings.problem().where + ": " + settings.problem().detail;
}

bool is_default(const Settings& settings) {
  const Settings standard;
  return settings.gateways == standard.gateways &&
         settings.listen == standard.listen &&
         settings.sample_interval == standard.sample_interval;
}

}  // namespace

TEST_CASE("apply_config: every key") {
  const auto settings = accepted(R"(---
# as in the contract
gateways:
  - name: main
    state_dir: /home/node/.openclaw/
    session_dirs: [/srv/sessions, "/srv/b"]
    logs: ["/tmp/openclaw/openclaw-*.log", journald:a.service, "-"]
  - name: "oc{1}"
    state_dir: /opt/openclaw-multi/data/oc*/config
    session_dirs: ["/srv/{1}/*"]
    logs: ["/var/log/{1}.log", "journald:oc{1}.service"]
  - {state_dir: /data/.openclaw}
path: {procfs: /host/proc, sysfs: /host/sys, rootfs: /host}
sample: {interval: 10s}
collector: {locks: false, processes: true, logs: false, disk: false}
storage: {path: /var/lib/openclaw-lock-exporter/}
web:
  listen_address: ["127.0.0.1:1", ":2"]
  config_file: /etc/web.yml
  telemetry_path: /m
  max_requests: 7
  disable_exporter_metrics: true
log: {level: warn, format: json}
textfile: {path: /var/lib/x.prom}
...
)");
  CHECK(settings.gateways ==
        std::vector<GatewaySettings>{
            {"main",
             "/home/node/.openclaw",
             {"/srv/sessions", "/srv/b"},
             {"/tmp/openclaw/openclaw-*.log", "journald:a.service", "-"}},
            {"oc{1}",
             "/opt/openclaw-multi/data/oc*/config",
             {"/srv/{1}/*"},
             {"/var/log/{1}.log", "journald:oc{1}.service"}},
            {"", "/data/.openclaw", {}}});
  CHECK(settings.procfs == "/host/proc");
  CHECK(settings.sysfs == "/host/sys");
  CHECK(settings.rootfs == "/host");
  CHECK(settings.sample_interval == 10s);
  CHECK_FALSE(settings.collect_locks);
  CHECK(settings.collect_processes);
  CHECK_FALSE(settings.collect_logs);
  CHECK_FALSE(settings.collect_disk);
  CHECK(settings.storage_path == "/var/lib/openclaw-lock-exporter");
  CHECK(settings.listen ==
        std::vector<ListenAddress>{{"127.0.0.1", 1}, {"", 2}});
  CHECK(settings.web_config_file == "/etc/web.yml");
  CHECK(settings.telemetry_path == "/m");
  CHECK(settings.max_requests == 7);
  CHECK(settings.disable_exporter_metrics);
  CHECK(settings.log_level == LogLevel::warn);
  CHECK(settings.log_format == LogFormat::json);
  CHECK(settings.textfile_path == "/var/lib/x.prom");
}

TEST_CASE("apply_config: an empty file and empty sections are all defaults") {
  for (const char* yaml :
       {"", "\n", "# nothing\n", "---\n", "---\n...\n", "{}", "~", "null\n",
        "sample:\n", "web:\n  # all below commented out\n", "gateways:\n",
        "gateways: []\n", "\xEF\xBB\xBF# a mark of order\n"})
    CHECK(is_default(accepted(yaml)));
}

TEST_CASE("apply_config: what the file does not name stays") {
  Settings before;
  before.telemetry_path = "/before";
  before.gateways = {{"a", "/a", {}}};
  const auto after = apply_config("log: {level: debug}", "c.yml", before);
  REQUIRE(after);
  CHECK(after->telemetry_path == "/before");
  CHECK(after->gateways == before.gateways);
  CHECK(after->log_level == LogLevel::debug);
}

TEST_CASE("apply_config: one listen address needs no list") {
  CHECK(accepted("web: {listen_address: \":9\"}").listen ==
        std::vector<ListenAddress>{{"", 9}});
  CHECK(refused("web: {listen_address: []}") ==
        "c.yml:1: web.listen_address is an empty list");
  CHECK(refused("web:\n  listen_address:\n    - :9\n    - :9\n") ==
        "c.yml:4: invalid value \":9\" for web.listen_address: this address is "
        "given twice");
}

TEST_CASE("apply_config: the disk probe is asked for by name") {
  CHECK_FALSE(accepted("disk_probe:").disk_probe);
  const auto settings = accepted("disk_probe: {enabled: true, interval: 90s}");
  CHECK(settings.disk_probe);
  CHECK(settings.disk_probe_interval == std::chrono::seconds{90});
  CHECK(refused("disk_probe:\n  interval: 999ms\n") ==
        "c.yml:2: invalid value \"999ms\" for disk_probe.interval: expected a "
        "duration from 1s to 24h, such as 60s");
  CHECK(refused("disk_probe: {interval: 25h}").find("24h") !=
        std::string::npos);
  CHECK(refused("disk-probe: {}").starts_with("c.yml:1: unknown key"));
}

TEST_CASE("apply_config: unknown keys are named with their line") {
  CHECK(refused("sample:\n  intervall: 5s\n") ==
        "c.yml:2: unknown key \"intervall\" in sample (expected: interval)");
  CHECK(refused("\n\nwep: {}\n") ==
        "c.yml:3: unknown key \"wep\" in the file (expected: gateways, path, "
        "sample, collector, disk_probe, storage, web, log, textfile)");
  CHECK(refused("gateways:\n - state_dir: /a\n   nam: b\n") ==
        "c.yml:3: unknown key \"nam\" in a gateway (expected: name, "
        "state_dir, session_dirs, logs)");
  CHECK(refused("web: {listen-address: \":1\"}").find("listen-address") !=
        std::string::npos);
  for (const char* yaml :
       {"once: true", "config: {check: true}", "help: true", "<<: {}",
        "\"\": 1", "? [a]\n: b\n", "? {a: b}\n: c\n", "\"sample\\n\": {}",
        "sample.interval: 5s"})
    CHECK(refused(yaml).starts_with("c.yml:1: "));
}

TEST_CASE("apply_config: a key given twice is refused") {
  CHECK(refused("sample: {interval: 5s}\nlog: {}\nsample: {}\n") ==
        "c.yml:3: key \"sample\" is given twice");
  CHECK(refused("log:\n  level: info\n  level: info\n") ==
        "c.yml:3: key \"level\" is given twice");
  CHECK(refused("gateways:\n- name: a\n  name: b\n") ==
        "c.yml:3: key \"name\" is given twice");
}

TEST_CASE("apply_config: wrong types are named") {
  CHECK(refused("- a") ==
        "c.yml:1: the file is a list, expected a map with the keys gateways, "
        "path, sample, collector, disk_probe, storage, web, log, textfile");
  CHECK(refused("sample: 5s") ==
        "c.yml:1: sample is a single value, expected a map with the keys "
        "interval");
  CHECK(refused("sample:\n  interval: [5s]") ==
        "c.yml:2: sample.interval is a list, expected DURATION");
  CHECK(refused("collector: {locks: \"true\"}") ==
        "c.yml:1: collector.locks is a single value, expected true or false");
  for (const char* yaml : {"text",
                           "gateways: {}",
                           "gateways: /a",
                           "gateways: [/a]",
                           "gateways: [{state_dir: [/a]}]",
                           "gateways: [{state_dir: {}}]",
                           "gateways: [{state_dir: /a, name: [b]}]",
                           "gateways: [{state_dir: /a, session_dirs: /b}]",
                           "gateways: [{state_dir: /a, session_dirs: [[/b]]}]",
                           "gateways: [~]",
                           "gateways: [{state_dir: /a, logs: [[/b]]}]",
                           "storage: /a",
                           "storage: {path: [/a]}",
                           "collector: {locks: yes}",
                           "collector: {locks: 1}",
                           "collector: {locks: }",
                           "web: {max_requests: 1.0}",
                           "web: {max_requests: -1}",
                           "web: {listen_address: {a: b}}",
                           "web: {listen_address: [[\":1\"]]}",
                           "log: {level: [info]}"})
    CHECK(refused(yaml).starts_with("c.yml:1: "));
}

TEST_CASE("apply_config: a bad value is named with key, line and remedy") {
  CHECK(refused("sample:\n  interval: 5\n") ==
        "c.yml:2: invalid value \"5\" for sample.interval: expected a duration "
        "from 100ms to 1h, such as 5s");
  CHECK(refused("log:\n  level:\nweb: {}\n") ==
        "c.yml:2: invalid value \"\" for log.level: expected debug, info, warn "
        "or error");
  for (const char* yaml :
       {"path: {procfs: proc}", "path: {rootfs: ../x}", "path: {sysfs: ''}",
        "textfile: {path: x.prom}", "web: {telemetry_path: /}",
        "gateways: [{state_dir: .openclaw}]", "gateways: [{state_dir: ~/x}]",
        "gateways: [{state_dir: /a, session_dirs: [b]}]",
        "gateways: [{state_dir: /a/../b}]", "storage: {path: a}",
        "gateways: [{state_dir: /a, logs: [b]}]",
        "gateways: [{state_dir: /a, logs: [~]}]",
        "gateways: [{state_dir: /a, logs: [/b, /b]}]"})
    CHECK(refused(yaml).starts_with("c.yml:1: invalid value \""));
}

TEST_CASE("apply_config: names of gateways are short text of one line") {
  const auto named = [](const std::string& name) {
    return "gateways: [{state_dir: /a, name: \"" + name + "\"}]";
  };
  CHECK(accepted(named(std::string(128, 'x'))).gateways.size() == 1);
  CHECK(accepted(named("\xF0\x9F\xA6\x9E 1")).gateways.size() == 1);
  CHECK(accepted("gateways: [{state_dir: /a, name: 123}]").gateways[0].name ==
        "123");
  for (const auto& name :
       {""s, std::string(129, 'x'), "a\\n"s, "\\x7f"s, "\xC3"s, "\\e[31m"s})
    CHECK(refused(named(name)).find("for name: a name ") != std::string::npos);
  CHECK(refused("gateways:\n- state_dir: /a\n  name:\n- {}\n")
            .starts_with("c.yml:3: "));
}

TEST_CASE("apply_config: a gateway needs a state_dir") {
  CHECK(refused("gateways:\n- name: a\n") ==
        "c.yml:2: a gateway needs a state_dir");
}

TEST_CASE("apply_config: two gateways must differ in name and directory") {
  CHECK(refused("gateways:\n- {name: a, state_dir: /a}\n"
                "- {name: a, state_dir: /b}\n") ==
        "c.yml:3: gateway name \"a\" is given twice");
  CHECK(refused("gateways:\n- {name: a, state_dir: /a}\n"
                "- {name: b, state_dir: /a//}\n") ==
        "c.yml:3: state directory \"/a\" is given twice");
  CHECK(accepted("gateways: [{state_dir: /a}, {state_dir: /b}]")
            .gateways.size() == 2);
}

TEST_CASE("apply_config: names and wildcards must fit together") {
  CHECK(refused("gateways: [{name: a, state_dir: /a*}]")
            .find("several directories would share the name \"a\"") !=
        std::string::npos);
  CHECK(refused("gateways: [{name: \"a{2}\", state_dir: /a*}]")
            .find("uses {2}, but the state directory has only 1 *") !=
        std::string::npos);
  CHECK(refused("gateways: [{name: \"a{1}\", state_dir: \"/a?\"}]")
            .find("has only 0 *") != std::string::npos);
  CHECK(refused("gateways: [{state_dir: /a*, session_dirs: [\"/b/{2}\"]}]")
            .find("uses {2}") != std::string::npos);
  CHECK(accepted("gateways: [{state_dir: /a*}]").gateways.size() == 1);
  CHECK(accepted("gateways: [{name: \"{2}{1}\", state_dir: /*/*}]")
            .gateways.size() == 1);
}

TEST_CASE("apply_config: logs of a gateway") {
  CHECK(refused("gateways:\n- state_dir: /a\n  logs: /b\n") ==
        "c.yml:3: logs is a single value, expected a list, each path, "
        "journald:UNIT or -");
  CHECK(refused("gateways:\n- state_dir: /a\n  logs:\n  - /b\n  - c.log\n") ==
        "c.yml:5: invalid value \"c.log\" for logs: expected an absolute path "
        "or glob, journald:UNIT or -");
  CHECK(refused("gateways: [{state_dir: /a*, logs: [\"/b/{2}\"]}]") ==
        "c.yml:1: \"/b/{2}\" uses {2}, but the state directory has only 1 *");
  CHECK(refused("gateways: [{state_dir: /a*, logs: [\"-\"]}]") ==
        "c.yml:1: several directories would share standard input (-)");
  CHECK(refused("gateways:\n- {state_dir: /a, logs: [\"-\"]}\n"
                "- {state_dir: /b, logs: [/c, \"-\"]}\n") ==
        "c.yml:3: standard input (-) is given twice");
  CHECK(
      accepted("gateways: [{state_dir: /a, logs: }]").gateways[0].logs.empty());
}

TEST_CASE("apply_config: nothing is stored in a state directory") {
  CHECK(refused("storage:\n  path: /a/b/c\ngateways: [{state_dir: /a/b}]\n") ==
        "c.yml:2: invalid value \"/a/b/c\" for storage.path: it lies in the "
        "state directory \"/a/b\", where the exporter never writes");
  for (const char* yaml :
       {"{gateways: [{state_dir: /a}], storage: {path: /a/}}",
        "{gateways: [{state_dir: /}], storage: {path: /a}}",
        "{gateways: [{state_dir: /data/oc*/config}], storage: {path: "
        "/data/oc7/config/x}}",
        "{gateways: [{state_dir: /a}], path: {rootfs: /host}, storage: {path: "
        "/host/a/x}}"})
    CHECK(refused(yaml).find("never writes") != std::string::npos);
  for (const char* yaml :
       {"{gateways: [{state_dir: /a/b}], storage: {path: /a}}",
        "{gateways: [{state_dir: /a}], storage: {path: /ab}}",
        "{gateways: [{state_dir: /data/oc*/config}], storage: {path: "
        "/data/oc7}}",
        "storage: {path: /a}"})
    CHECK_FALSE(accepted(yaml).storage_path.empty());
}

TEST_CASE("apply_config_file: a file that cannot be read is named") {
  const auto missing = apply_config_file("/nonexistent/c.yml", {});
  REQUIRE_FALSE(missing);
  CHECK(missing.problem().fault == Fault::missing);
  CHECK(missing.problem().where == "/nonexistent/c.yml");
  const auto directory = apply_config_file("/", {});
  REQUIRE_FALSE(directory);
  CHECK(directory.problem().fault == Fault::malformed);
  CHECK(directory.problem().detail == "a directory, not a regular file");
  CHECK(apply_config_file("/dev/zero", {}).problem().detail ==
        "a device, not a regular file");
}

TEST_CASE("apply_config_file: a FIFO that nobody writes keeps nobody") {
  const TempTree tree{TreeEntry::fifo("c.yml"),
                      TreeEntry::symlink("link.yml", "c.yml")};
  for (const auto* name : {"c.yml", "link.yml"})
    CHECK(apply_config_file(tree.path(name), {}).problem().detail ==
          "a FIFO, not a regular file");
}

TEST_CASE("apply_config_file: links as Kubernetes makes them are followed") {
  const TempTree tree{{"..2026_11_29/c.yml", "log: {level: debug}"},
                      TreeEntry::symlink("..data", "..2026_11_29"),
                      TreeEntry::symlink("c.yml", "..data/c.yml")};
  const auto settings = apply_config_file(tree.path("c.yml"), {});
  REQUIRE(settings);
  CHECK(settings->log_level == LogLevel::debug);
}
