// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace openclaw_lock {

/// Where the exporter listens without a flag: on loopback. A container image
/// is built otherwise, for its loopback is its own; nobody else reaches that.
#ifdef OPENCLAW_LOCK_LISTEN_ANYWHERE
inline constexpr const char* kListenHost = "";
inline constexpr std::string_view kListenText = ":10069";
#else
inline constexpr const char* kListenHost = "127.0.0.1";
inline constexpr std::string_view kListenText = "127.0.0.1:10069";
#endif

/// One entry of `gateways:` in the configuration file, or one
/// `--openclaw.state-dir`.
struct GatewaySettings {
  std::string name;       ///< may hold {1}..{9}; empty: from the directory
  std::string state_dir;  ///< absolute; may hold * and ? (glob)
  std::vector<std::string>
      session_dirs;  ///< absolute; may hold captures, globs
  /// As parse_log_source; may hold captures. Ignored where LogSettings name
  /// this gateway.
  std::vector<std::string> logs = {};

  bool operator==(const GatewaySettings&) const = default;
};

/// One `--openclaw.log`.
struct LogSettings {
  std::string gateway;  ///< its name, or `name` of its GatewaySettings; empty:
                        ///< the only gateway, or each that is discovered
  std::string source;   ///< as parse_log_source

  bool operator==(const LogSettings&) const = default;
};

enum class LogFormat { logfmt, json };
enum class LogLevel { debug, info, warn, error };

/// Address of one listener.
struct ListenAddress {
  /// IPv4 address in dotted form, or IPv6 without brackets; empty: every
  /// address of both families.
  std::string host;
  int port = 0;  ///< 0 to 65535; 0 lets the kernel choose (tests)
  /// Path of a unix socket, absolute, at most 107 bytes; then there is neither
  /// host nor port.
  std::string unix_path = {};

  bool operator==(const ListenAddress&) const = default;
};

/// Everything the command line and the configuration file decide.
struct Settings {
  /// Empty: discover (contract: OPENCLAW_STATE_DIR, home directories, /proc).
  std::vector<GatewaySettings> gateways;
  /// Logs from the command line; they win over GatewaySettings::logs.
  std::vector<LogSettings> logs;

  std::filesystem::path config_file;  ///< empty: none
  bool config_check = false;          ///< check the configuration, then exit

  std::filesystem::path procfs = "/proc";
  std::filesystem::path sysfs = "/sys";
  /// Where the host's root directory is mounted; put before every state dir and
  /// log.
  std::filesystem::path rootfs = "/";

  std::chrono::milliseconds sample_interval{5000};  ///< 100 ms to 1 h
  bool collect_locks = true;
  bool collect_processes = true;
  bool collect_logs = true;
  bool collect_disk = true;

  /// Whether to write below state directories, to see how long that takes.
  bool disk_probe = false;
  std::chrono::milliseconds disk_probe_interval{60000};  ///< 1 s to 24 h

  /// Directory for positions in logs; empty: memory only.
  std::filesystem::path storage_path;

  std::vector<ListenAddress> listen{{kListenHost, 10069}};
  std::string telemetry_path = "/metrics";
  unsigned max_requests = 40;  ///< scrapes at once; 0: no limit
  bool disable_exporter_metrics = false;
  /// TLS, basic auth, headers, rate limit (web_config.h); empty: none.
  std::filesystem::path web_config_file;

  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::logfmt;

  bool once = false;                    ///< one sample to stdout, then exit
  std::filesystem::path textfile_path;  ///< empty: none
};

}  // namespace openclaw_lock
