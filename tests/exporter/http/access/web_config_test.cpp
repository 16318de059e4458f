// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_config.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

constexpr const char* kHash =
    "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";

WebConfig accepted(std::string_view yaml) {
  CAPTURE(yaml);
  auto config = parse_web_config(yaml, "/etc/web.yml");
  REQUIRE_MESSAGE(config, config.problem().detail);
  return *config;
}

/// `WHERE: DETAIL` of a text that must be refused.
std::string refused(std::string_view yaml) {
  const auto config = parse_web_config(yaml, "/etc/web.yml");
  if (config) return "accepted: " + std::string{yaml};
  return config.problem().where + ": " + config.problem().detail;
}

}  // namespace

TEST_CASE("parse_web_config: every key") {
  const auto config = accepted(R"(
tls_server_config:
  cert_file: tls/cert.pem
  cert: inline
  key_file: /key.pem
  client_ca: CA
  client_auth_type: RequireAndVerifyClientCert
  client_allowed_sans: [prometheus.example, 10.0.0.1]
  min_version: TLS13
  max_version: TLS13
  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]
  prefer_server_cipher_suites: no
  curve_preferences: [X25519, CurveP256]
http_server_config:
  http2: false
  headers: {X-Frame-Options: deny, Content-Security-Policy: "default-src"}
basic_auth_users:
  alice: )" + std::string{kHash} +
                               R"(
rate_limit: {interval: 1m30s, burst: 3}
)");
  TlsServerConfig tls;
  tls.certificate = {"inline", "/etc/tls/cert.pem"};
  tls.key.file = "/key.pem";
  tls.client_ca.text = "CA";
  tls.client_auth = ClientAuth::require_and_verify;
  tls.client_allowed_sans = {"prometheus.example", "10.0.0.1"};
  tls.min_version = tls.max_version = TlsVersion::tls_1_3;
  tls.ciphers = {"TLS_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"};
  tls.prefer_server_ciphers = false;
  tls.curves = {"X25519", "P-256"};
  REQUIRE(config.tls);
  CHECK(*config.tls == tls);
  CHECK(config.headers == std::vector<std::pair<std::string, std::string>>{
                              {"X-Frame-Options", "deny"},
                              {"Content-Security-Policy", "default-src"}});
  CHECK(config.users == std::map<std::string, std::string>{{"alice", kHash}});
  REQUIRE(config.rate_limit);
  CHECK(*config.rate_limit == RateLimit{90s, 3});
}

TEST_CASE("parse_web_config: nothing asked for is nothing done") {
  for (const char* yaml :
       {"", "# only a comment", "tls_server_config:\nbasic_auth_users:\n",
        "rate_limit: {burst: 5}", "rate_limit: {interval: 0, burst: 5}"}) {
    CAPTURE(yaml);
    CHECK(accepted(yaml) == WebConfig{});
  }
}

TEST_CASE("parse_web_config: a problem names file, line and key") {
  CHECK(refused("\n\nusers: {}") ==
        "/etc/web.yml:3: unknown key \"users\" in the file (expected: "
        "tls_server_config, http_server_config, basic_auth_users, "
        "rate_limit)");
  CHECK(refused("tls_server_config:\n  cert_file: a\n  key_file: b\n"
                "  min_version: TLS11")
            .starts_with("/etc/web.yml:4: invalid value \"TLS11\" for "
                         "min_version: expected TLS12, TLS13"));
  CHECK(refused("tls_server_config:\n  cert_file: a\n") ==
        "/etc/web.yml:2: tls_server_config needs key or key_file");
  CHECK(refused("http_server_config:\n  headers:\n    X-Frame-Options: x\n") ==
        "/etc/web.yml:3: invalid value \"x\" for X-Frame-Options: expected "
        "deny or sameorigin");
  CHECK(refused("rate_limit:\n  interval: 5\n  burst: 1")
            .starts_with("/etc/web.yml:2: invalid value \"5\" for interval"));
  CHECK(refused("rate_limit: {interval: 1s}")
            .starts_with("/etc/web.yml:1: rate_limit needs a burst"));
}

TEST_CASE("parse_web_config: a problem with a hash does not show it") {
  const auto problem = refused("basic_auth_users:\n  alice: hunter2");
  CHECK(
      problem.starts_with("/etc/web.yml:2: user \"alice\" of "
                          "basic_auth_users: not a bcrypt hash"));
  CHECK(problem.find("hunter2") == std::string::npos);
}

TEST_CASE("parse_bcrypt_cost: versions and costs that crypt takes") {
  const std::string tail =
      "QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";
  for (const char* version : {"$2a$", "$2b$", "$2y$"})
    CHECK(*parse_bcrypt_cost(version + ("12$" + tail)) == 12);
  CHECK(*parse_bcrypt_cost("$2y$04$" + tail) == 4);
  CHECK(*parse_bcrypt_cost("$2y$14$" + tail) == 14);
  for (const std::string& hash :
       {"$2y$03$" + tail, "$2y$15$" + tail, "$2y$+9$" + tail, "$2x$10$" + tail,
        "$2$10$x" + tail, "$2y$10$" + tail + "x", "$2y$10x" + tail,
        "$2y$10$:" + tail.substr(1), std::string{}}) {
    CAPTURE(hash);
    CHECK_FALSE(parse_bcrypt_cost(hash));
  }
}

TEST_CASE("read_web_config: a file that is not there") {
  const auto config = read_web_config("/nonexistent/web.yml");
  REQUIRE_FALSE(config);
  CHECK(config.problem().fault == Fault::missing);
  CHECK(config.problem().where == "/nonexistent/web.yml");
}

TEST_CASE("parse_web_config: the verdict on each case that needs no file") {
  std::ifstream cases{std::string{TEST_DATA_DIR} +
                      "/fixtures/web_config/cases.txt"};
  std::string line;
  std::string name;
  std::string text;
  int count = 0;
  const auto check = [&] {
    if (name.empty() || name.find("[files]") != std::string::npos) return;
    CAPTURE(name);
    CAPTURE(text);
    const auto kind = name.substr(0, name.find(':'));
    CHECK(static_cast<bool>(parse_web_config(text, "web.yml")) ==
          kind.ends_with("good"));
    ++count;
  };
  while (std::getline(cases, line)) {
    if (line.starts_with("=== ")) {
      check();
      name = line.substr(4);
      text.clear();
    } else if (!name.empty()) {
      text += line + '\n';
    }
  }
  check();
  CHECK(count > 100);
}
