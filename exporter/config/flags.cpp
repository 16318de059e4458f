// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/flags.h"

#include <algorithm>
#include <array>

#include "exporter/config/gateway_settings.h"
#include "exporter/config/log_settings.h"
#include "exporter/config/setting_values.h"

namespace openclaw_lock {
namespace {

template <auto member, auto parse>
std::optional<Problem> set(Settings& settings, std::string_view value) {
  auto parsed = parse(value);
  if (!parsed) return parsed.problem();
  settings.*member = *std::move(parsed);
  return {};
}

template <auto member>
bool differ(const Settings& running, const Settings& next) {
  return running.*member != next.*member;
}

std::optional<Problem> set_nothing(Settings&, std::string_view) { return {}; }

std::optional<Problem> add_gateway(Settings& settings, std::string_view value) {
  auto gateway = parse_gateway(value);
  if (!gateway) return gateway.problem();
  if (auto problem = check_against(settings.gateways, *gateway)) return problem;
  settings.gateways.push_back(*std::move(gateway));
  return {};
}

std::optional<Problem> add_log(Settings& settings, std::string_view value) {
  auto log = parse_log(value);
  if (!log) return log.problem();
  if (auto problem = check_against(settings.logs, *log)) return problem;
  settings.logs.push_back(*std::move(log));
  return {};
}

std::optional<Problem> add_listen(Settings& settings, std::string_view value) {
  auto address = parse_listen_address(value);
  if (!address) return address.problem();
  if ((address->port != 0 || !address->unix_path.empty()) &&
      std::ranges::find(settings.listen, *address) != settings.listen.end())
    return Problem{Fault::malformed, {}, "this address is given twice"};
  settings.listen.push_back(*std::move(address));
  return {};
}

constexpr std::array kFlags{
    Flag{.name = "help",
         .group = "Configuration",
         .description = "Show this help and exit.",
         .apply = set_nothing,
         .in_file = false},
    Flag{.name = "version",
         .group = "Configuration",
         .description = "Show the version and exit.",
         .apply = set_nothing,
         .in_file = false},
    Flag{.name = "config.file",
         .group = "Configuration",
         .value = "FILE",
         .description = "Configuration file (YAML); flags win over it.",
         .apply = set<&Settings::config_file, parse_config_file_path>,
         .in_file = false},
    Flag{.name = "config.check",
         .group = "Configuration",
         .description = "Check flags and file, then exit.",
         .apply = set<&Settings::config_check, parse_switch>,
         .in_file = false},
    Flag{.name = "openclaw.state-dir",
         .group = "OpenClaw",
         .value = "[NAME=]PATH",
         .description = "State directory to watch, may hold * and ? "
                        "(default: discover).",
         .apply = add_gateway,
         .clear = [](Settings& settings) { settings.gateways.clear(); },
         .in_file = false},
    Flag{.name = "openclaw.log",
         .group = "OpenClaw",
         .value = "[NAME=]SOURCE",
         .description = "Log to read: a file, may hold * and ?; journald:UNIT; "
                        "or - (default: discover).",
         .apply = add_log,
         .clear = [](Settings& settings) { settings.logs.clear(); },
         .in_file = false},
    Flag{.name = "path.procfs",
         .group = "Host paths",
         .value = "PATH",
         .default_text = "/proc",
         .description = "Where the host's procfs is mounted.",
         .apply = set<&Settings::procfs, parse_directory>,
         .needs_restart = differ<&Settings::procfs>},
    Flag{.name = "path.sysfs",
         .group = "Host paths",
         .value = "PATH",
         .default_text = "/sys",
         .description = "Where the host's sysfs is mounted.",
         .apply = set<&Settings::sysfs, parse_directory>,
         .needs_restart = differ<&Settings::sysfs>},
    Flag{.name = "path.rootfs",
         .group = "Host paths",
         .value = "PATH",
         .default_text = "/",
         .description = "Where the host's root is mounted; put before every "
                        "state directory and log.",
         .apply = set<&Settings::rootfs, parse_directory>,
         .needs_restart = differ<&Settings::rootfs>},
    Flag{.name = "sample.interval",
         .group = "Sampling",
         .value = "DURATION",
         .default_text = "5s",
         .description = "Time between samples, 100ms to 1h.",
         .apply = set<&Settings::sample_interval, parse_sample_interval>,
         .needs_restart = differ<&Settings::sample_interval>},
    Flag{.name = "collector.locks",
         .group = "Sampling",
         .default_text = "true",
         .description = "Read lock files (default: enabled).",
         .apply = set<&Settings::collect_locks, parse_switch>,
         .needs_restart = differ<&Settings::collect_locks>,
         .negatable = true},
    Flag{.name = "collector.processes",
         .group = "Sampling",
         .default_text = "true",
         .description = "Read the process table (default: enabled).",
         .apply = set<&Settings::collect_processes, parse_switch>,
         .needs_restart = differ<&Settings::collect_processes>,
         .negatable = true},
    Flag{.name = "collector.logs",
         .group = "Sampling",
         .default_text = "true",
         .description = "Read OpenClaw's logs (default: enabled).",
         .apply = set<&Settings::collect_logs, parse_switch>,
         .needs_restart = differ<&Settings::collect_logs>,
         .negatable = true},
    Flag{.name = "collector.disk",
         .group = "Sampling",
         .default_text = "true",
         .description = "Read how long disks are waited for (default: "
                        "enabled).",
         .apply = set<&Settings::collect_disk, parse_switch>,
         .needs_restart = differ<&Settings::collect_disk>,
         .negatable = true},
    Flag{.name = "disk-probe.enabled",
         .group = "Sampling",
         .description = "Write and sync an unnamed 4 KiB file in each state "
                        "directory, to time it.",
         .apply = set<&Settings::disk_probe, parse_switch>,
         .needs_restart = differ<&Settings::disk_probe>},
    Flag{.name = "disk-probe.interval",
         .group = "Sampling",
         .value = "DURATION",
         .default_text = "60s",
         .description = "Time between such writes, 1s to 24h; longer where "
                        "they are slow.",
         .apply = set<&Settings::disk_probe_interval, parse_probe_interval>,
         .needs_restart = differ<&Settings::disk_probe_interval>},
    Flag{.name = "storage.path",
         .group = "Sampling",
         .value = "DIR",
         .description = "Directory to keep positions in logs in (default: "
                        "memory only).",
         .apply = set<&Settings::storage_path, parse_directory>,
         .needs_restart = differ<&Settings::storage_path>},
    Flag{.name = "web.listen-address",
         .group = "Web",
         .value = "ADDRESS:PORT",
         .default_text = kListenText,
         .description = "Address to listen on, also [::1]:10069, :10069 (all) "
                        "or unix:/PATH.",
         .apply = add_listen,
         .clear = [](Settings& settings) { settings.listen.clear(); },
         .needs_restart = differ<&Settings::listen>},
    Flag{.name = "web.config.file",
         .group = "Web",
         .value = "FILE",
         .description = "TLS, basic auth, headers and rate limit, as of "
                        "exporter-toolkit.",
         .apply = set<&Settings::web_config_file, parse_config_file_path>},
    Flag{.name = "web.telemetry-path",
         .group = "Web",
         .value = "/PATH",
         .default_text = "/metrics",
         .description = "Path of the metrics.",
         .apply = set<&Settings::telemetry_path, parse_telemetry_path>,
         .needs_restart = differ<&Settings::telemetry_path>},
    Flag{.name = "web.max-requests",
         .group = "Web",
         .value = "NUMBER",
         .default_text = "40",
         .description = "Scrapes answered at once; 0: no limit.",
         .apply = set<&Settings::max_requests, parse_max_requests>,
         .needs_restart = differ<&Settings::max_requests>},
    Flag{.name = "web.disable-exporter-metrics",
         .group = "Web",
         .default_text = "false",
         .description = "Leave out process_* and other metrics about "
                        "the exporter.",
         .apply = set<&Settings::disable_exporter_metrics, parse_switch>,
         .needs_restart = differ<&Settings::disable_exporter_metrics>},
    Flag{.name = "log.level",
         .group = "Logging",
         .value = "LEVEL",
         .default_text = "info",
         .description = "Log this level and above: debug, info, warn, error.",
         .choices = "debug info warn error",
         .apply = set<&Settings::log_level, parse_log_level>},
    Flag{.name = "log.format",
         .group = "Logging",
         .value = "FORMAT",
         .default_text = "logfmt",
         .description = "Format of log lines: logfmt, json.",
         .choices = "logfmt json",
         .apply = set<&Settings::log_format, parse_log_format>},
    Flag{.name = "once",
         .group = "Output",
         .description = "Print one complete sample, then exit.",
         .apply = set<&Settings::once, parse_switch>,
         .in_file = false},
    Flag{.name = "textfile.path",
         .group = "Output",
         .value = "FILE.prom",
         .description = "Write each sample to this file, atomically.",
         .apply = set<&Settings::textfile_path, parse_textfile_path>,
         .needs_restart = differ<&Settings::textfile_path>},
};

constexpr std::size_t kDescriptionColumn = 33;

std::string help_line(const Flag& flag) {
  std::string line = flag.name == "help" ? "  -h, --" : "      --";
  line.append(flag.negatable ? "[no-]" : "").append(flag.name);
  if (!flag.is_switch()) {
    line += '=';
    line += flag.default_text.empty() ? flag.value : flag.default_text;
    if (flag.is_repeatable()) line += " ...";
  }
  const bool fits = line.size() + 2 <= kDescriptionColumn;
  if (!fits) line += '\n';
  line.append(kDescriptionColumn - (fits ? line.size() : 0), ' ');
  return line.append(flag.description) + '\n';
}

}  // namespace

std::span<const Flag> known_flags() { return kFlags; }

std::vector<std::string> find_restart_settings(const Settings& running,
                                               const Settings& next) {
  std::vector<std::string> names;
  for (const auto& flag : kFlags)
    if (flag.needs_restart != nullptr && flag.needs_restart(running, next))
      names.emplace_back(flag.name);
  return names;
}

std::string help_text() {
  std::string text =
      "usage: openclaw-lock-exporter [<flags>]\n\n"
      "Prometheus exporter for the locks and gateways of OpenClaw. Without a\n"
      "flag it finds the state directories by itself. Reads only.\n";
  std::string_view group;
  for (const auto& flag : kFlags) {
    if (flag.group != group) text.append("\n").append(flag.group) += ":\n";
    group = flag.group;
    text += help_line(flag);
  }
  return text;
}

}  // namespace openclaw_lock
