// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace openclaw_lock {

enum class TlsVersion { tls_1_2, tls_1_3 };

/// What is asked of a client's certificate, as Go's crypto/tls has it.
enum class ClientAuth {
  none,                ///< NoClientCert
  request,             ///< RequestClientCert: any, or none
  require_any,         ///< RequireAnyClientCert
  verify_if_given,     ///< VerifyClientCertIfGiven
  require_and_verify,  ///< RequireAndVerifyClientCert
};

/// A text in PEM, given in the file itself or by the name of another.
struct PemSource {
  std::string text;            ///< in the file; not looked at where there is a
  std::filesystem::path file;  ///< name, absolute or relative to the process
  bool given() const { return !text.empty() || !file.empty(); }
  bool operator==(const PemSource&) const = default;
};

/// `tls_server_config`.
struct TlsServerConfig {
  PemSource certificate;  ///< leaf first, then the chain
  PemSource key;
  PemSource client_ca;
  ClientAuth client_auth = ClientAuth::none;
  std::vector<std::string> client_allowed_sans;  ///< empty: any
  TlsVersion min_version = TlsVersion::tls_1_2;
  TlsVersion max_version = TlsVersion::tls_1_3;
  std::vector<std::string> ciphers;  ///< OpenSSL's names; empty: all good ones
  bool prefer_server_ciphers = true;
  std::vector<std::string> curves;  ///< OpenSSL's names; empty: its default
  bool operator==(const TlsServerConfig&) const = default;
};

/// `rate_limit`: requests beyond are answered 429.
struct RateLimit {
  std::chrono::milliseconds interval{0};  ///< one request more each
  unsigned burst = 0;                     ///< at least 1; at once
  bool operator==(const RateLimit&) const = default;
};

/// A web configuration file: the format of Prometheus' exporter-toolkit.
struct WebConfig {
  std::optional<TlsServerConfig> tls;  ///< empty: plain HTTP
  std::vector<std::pair<std::string, std::string>> headers;
  std::map<std::string, std::string> users;  ///< bcrypt hash by name
  std::optional<RateLimit> rate_limit;
  bool operator==(const WebConfig&) const = default;
};

/// Reads the YAML text of a web configuration. Keys and values are those of
/// exporter-toolkit; refused besides are TLS before 1.2, suites without forward
/// secrecy and authentication, hashes that take longer than cost 14 and what
/// could never work. `http2` is accepted and has no effect.
///
/// The error's `where` is `FILE:LINE`, its `detail` names key and reason, and
/// never a hash or a private key. Relative file names are taken from the
/// directory of `file_name`. Opens nothing; at most 1 MiB; never throws.
Result<WebConfig> parse_web_config(std::string_view yaml,
                                   const std::filesystem::path& file_name);

/// Reads the file and parses it. The files that it names are not opened.
Result<WebConfig> read_web_config(const std::filesystem::path& file);

/// The cost of a bcrypt hash (`$2a$`, `$2b$`, `$2y$`), 4 to 14, or a problem
/// that says what is wrong with it.
Result<int> parse_bcrypt_cost(std::string_view hash);

}  // namespace openclaw_lock
