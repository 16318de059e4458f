// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/setting_values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>

#include "core/base/duration.h"
#include "core/base/text.h"
#include "core/gateways/glob_capture.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLongestPath = 4095;  // PATH_MAX without its NUL
constexpr std::size_t kLongestUnit = 255;
constexpr std::size_t kLongestUnixPath = 107;  // sun_path without its NUL
constexpr std::string_view kJournald = "journald:";
constexpr std::string_view kUnix = "unix:";

Result<std::chrono::milliseconds> parse_duration_between(
    std::string_view text, std::chrono::milliseconds least,
    std::chrono::milliseconds most, std::string_view expected) {
  const auto duration = parse_duration(text);
  if (!duration || *duration < least || *duration > most)
    return refuse("expected a duration " + std::string{expected});
  return *duration;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_telemetry_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view{"/._~-"}.find(c) != std::string_view::npos;
}

bool is_unit_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') ||
         std::string_view{":_.\\@-"}.find(c) != std::string_view::npos;
}

/// A unit's name as systemd allows it; any capture stands for one that fits.
bool is_unit(std::string_view text) {
  const auto unit = expand_captures(text, std::vector<std::string>(9, "0"));
  return !unit.empty() && unit.size() <= kLongestUnit &&
         std::ranges::all_of(unit, is_unit_character);
}

/// The server takes `//`, `/./` and `/../` out of what it is asked for.
bool is_normal_url_path(const std::string& path) {
  return path.find("//") == std::string::npos &&
         (path + '/').find("/./") == std::string::npos &&
         (path + '/').find("/../") == std::string::npos;
}

}  // namespace

Problem refuse(std::string reason) {
  return {Fault::malformed, {}, std::move(reason)};
}

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const std::string expected =
      "expected ADDRESS:PORT with an IPv4 address or an IPv6 address in "
      "brackets, or unix:/PATH";
  if (text.starts_with(kUnix)) {
    auto path = parse_absolute_path(text.substr(kUnix.size()));
    if (!path) return path.problem();
    if (path->size() > kLongestUnixPath || text.ends_with('/'))
      return refuse("expected a file name of at most 107 bytes");
    return ListenAddress{{}, 0, *std::move(path)};
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return refuse(expected + ", such as 127.0.0.1:10069 or :10069");
  const auto port = parse_integer<std::uint16_t>(text.substr(colon + 1));
  if (!port) return refuse(expected + " and a port from 0 to 65535");
  std::string host{text.substr(0, colon)};
  if (host == "localhost") host = "127.0.0.1";
  if (host.find('\0') != std::string::npos) return refuse(expected);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (!is_ipv6(host)) return refuse(expected);
  } else if (!host.empty() && !is_ipv4(host)) {
    return refuse(expected + "; names other than localhost are not resolved");
  }
  return ListenAddress{std::move(host), *port};
}

std::string to_text(const ListenAddress& address) {
  if (!address.unix_path.empty()) return std::string{kUnix} + address.unix_path;
  const auto port = ':' + std::to_string(address.port);
  return address.host.find(':') == std::string::npos
             ? address.host + port
             : '[' + address.host + ']' + port;
}

Result<std::chrono::milliseconds> parse_sample_interval(std::string_view text) {
  return parse_duration_between(text, std::chrono::milliseconds{100},
                                std::chrono::hours{1},
                                "from 100ms to 1h, such as 5s");
}

Result<std::chrono::milliseconds> parse_probe_interval(std::string_view text) {
  return parse_duration_between(text, std::chrono::seconds{1},
                                std::chrono::hours{24},
                                "from 1s to 24h, such as 60s");
}

Result<std::string> parse_telemetry_path(std::string_view text) {
  std::string path{text};
  if (!path.starts_with('/'))
    return refuse("expected a path that begins with /, such as /metrics");
  if (path == "/") return refuse("/ is the landing page");
  if (path == "/-" || path.starts_with("/-/"))
    return refuse("/-/ is kept for health and readiness");
  if (!std::ranges::all_of(path, is_telemetry_character) ||
      !is_normal_url_path(path))
    return refuse("expected letters, digits, . _ ~ - and single slashes only");
  return path;
}

Result<unsigned> parse_max_requests(std::string_view text) {
  const auto number = parse_integer<unsigned>(text);
  if (!number) return refuse("expected a whole number, 0 for no limit");
  return *number;
}

Result<LogLevel> parse_log_level(std::string_view text) {
  if (text == "debug") return LogLevel::debug;
  if (text == "info") return LogLevel::info;
  if (text == "warn") return LogLevel::warn;
  if (text == "error") return LogLevel::error;
  return refuse("expected debug, info, warn or error");
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "logfmt") return LogFormat::logfmt;
  if (text == "json") return LogFormat::json;
  return refuse("expected logfmt or json");
}

Result<bool> parse_switch(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return refuse("expected true or false");
}

Result<std::string> parse_absolute_path(std::string_view text) {
  if (text.starts_with('~'))
    return refuse("expected an absolute path; ~ is not expanded");
  if (!text.starts_with('/'))
    return refuse("expected an absolute path, one that begins with /");
  if (text.size() > kLongestPath)
    return refuse("a path has at most 4095 bytes");
  if (std::ranges::any_of(text, is_control))
    return refuse("expected a path without control characters");
  std::string path;
  while (!text.empty()) {
    text.remove_prefix(1);
    const auto part = text.substr(0, std::min(text.find('/'), text.size()));
    text.remove_prefix(part.size());
    if (part == "..") return refuse("expected an absolute path without ..");
    if (part.empty() || part == ".") continue;
    path.append("/").append(part);
  }
  return path.empty() ? std::string{"/"} : path;
}

Result<std::string> parse_log_source(std::string_view text) {
  if (text == "-") return std::string{text};
  if (text.starts_with(kJournald)) {
    if (is_unit(text.substr(kJournald.size()))) return std::string{text};
    return refuse(
        "expected journald:UNIT with the name of a systemd unit, such as "
        "journald:openclaw-gateway.service");
  }
  if (text.starts_with('/') && text.ends_with('/'))
    return refuse("expected a file or a glob of files, not a directory");
  if (!text.starts_with('/') && !text.starts_with('~'))
    return refuse("expected an absolute path or glob, journald:UNIT or -");
  return parse_absolute_path(text);
}

Result<std::filesystem::path> parse_directory(std::string_view text) {
  auto path = parse_absolute_path(text);
  if (!path) return path.problem();
  return std::filesystem::path{*std::move(path)};
}

Result<std::filesystem::path> parse_textfile_path(std::string_view text) {
  auto path = parse_directory(text);
  if (path && (text.ends_with('/') || path->extension() != ".prom"))
    return refuse("expected a file name that ends in .prom");
  return path;
}

Result<std::filesystem::path> parse_config_file_path(std::string_view text) {
  if (text.empty()) return refuse("expected the path of a file");
  return std::filesystem::path{text};
}

std::string quote(std::string_view value) {
  return '"' + to_label_text(value) + '"';
}

std::string describe_invalid(std::string_view name, std::string_view value,
                             std::string_view reason) {
  return "invalid value " + quote(value) + " for " + std::string{name} + ": " +
         std::string{reason};
}

}  // namespace openclaw_lock
