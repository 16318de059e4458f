// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "exporter/http/engine/listener.h"
#include "exporter/http/front/tls_context.h"
#include "tests/support/certificates.h"
#include "tests/support/http_client.h"

namespace openclaw_lock {
namespace {

const TestCertificate& authority() {
  static const TestCertificate certificate{"authority"};
  return certificate;
}

const TestCertificate& server() {
  static const TestCertificate certificate{"server", "IP:127.0.0.1",
                                           &authority()};
  return certificate;
}

TlsServerConfig server_config() {
  TlsServerConfig config;
  config.certificate.text = server().certificate() + authority().certificate();
  config.key.text = server().key();
  return config;
}

std::shared_ptr<const TlsContext> loaded(const TlsServerConfig& config) {
  auto context = TlsContext::load(config);
  REQUIRE_MESSAGE(context, context.problem().detail);
  return *context;
}

Problem refused(const TlsServerConfig& config) {
  const auto context = TlsContext::load(config);
  REQUIRE_FALSE(context);
  return context.problem();
}

/// How a client goes about it.
struct ClientRules {
  int min_version = TLS1_2_VERSION;
  int max_version = TLS1_3_VERSION;
  const char* ciphers = "ALL:@SECLEVEL=0";  ///< of TLS 1.2
  const TestCertificate* certificate = nullptr;
  const char* curves = nullptr;
  std::string protocols = {};  ///< offered by ALPN, each after its length
};

/// `VERSION CIPHER STATUS` of a request over TLS; `refused` without an answer.
std::string ask(int port, const ClientRules& rules = {}) {
  const Client client{port};
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{
      SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), rules.min_version);
  SSL_CTX_set_max_proto_version(context.get(), rules.max_version);
  REQUIRE(SSL_CTX_set_cipher_list(context.get(), rules.ciphers) == 1);
  if (rules.curves != nullptr)
    REQUIRE(SSL_CTX_set1_groups_list(context.get(), rules.curves) == 1);
  if (rules.certificate != nullptr) {
    const auto use = [&](const std::string& pem, auto read, auto set) {
      const std::unique_ptr<BIO, int (*)(BIO*)> bio{
          BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
      auto* const thing = read(bio.get(), nullptr, nullptr, nullptr);
      REQUIRE(set(context.get(), thing) == 1);
      return thing;
    };
    X509_free(use(rules.certificate->certificate(), PEM_read_bio_X509,
                  SSL_CTX_use_certificate));
    EVP_PKEY_free(use(rules.certificate->key(), PEM_read_bio_PrivateKey,
                      SSL_CTX_use_PrivateKey));
  }
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl{SSL_new(context.get()),
                                                 SSL_free};
  SSL_set_fd(ssl.get(), client.descriptor());
  if (!rules.protocols.empty())
    SSL_set_alpn_protos(
        ssl.get(),
        reinterpret_cast<const unsigned char*>(rules.protocols.data()),
        static_cast<unsigned>(rules.protocols.size()));
  constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  std::string answer;
  if (SSL_connect(ssl.get()) == 1 &&
      SSL_write(ssl.get(), kRequest.data(), static_cast<int>(kRequest.size())) >
          0) {
    std::array<char, 16384> buffer{};
    for (;;) {
      const int got =
          SSL_read(ssl.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (got <= 0) break;
      answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ERR_clear_error();
  if (answer.empty()) return "refused";
  const unsigned char* chosen = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl.get(), &chosen, &length);
  CHECK(std::string_view{reinterpret_cast<const char*>(chosen), length} ==
        (rules.protocols.empty() ? "" : "http/1.1"));
  return std::string{SSL_get_version(ssl.get())} + ' ' +
         SSL_get_cipher_name(ssl.get()) + ' ' +
         std::to_string(status_of(answer)) + ' ' +
         std::to_string(body_of(answer).size());
}

bool answered(const std::string& what) {
  return what.ends_with(" 200 1000000");
}

/// A listener whose TLS can be changed while it runs; null where this build
/// has none.
class TlsListener {
 public:
  explicit TlsListener(const TlsServerConfig& config) {
    change(config);
    auto listener = start_listener(
        {{"127.0.0.1", 0}}, {4, 10000},
        [](const HttpRequest&) {
          HttpResponse response;
          response.body.assign(1000000, 'x');
          return response;
        },
        [this] { return context_.load(); });
    REQUIRE(listener);
    listener_ = *std::move(listener);
  }

  void change(const TlsServerConfig& config) { context_ = loaded(config); }
  int port() const { return listener_->addresses().at(0).port; }

 private:
  std::atomic<std::shared_ptr<const TlsContext>> context_;
  std::unique_ptr<Listener> listener_;
};

bool has_tls() { return !find_unsupported({}, true); }

TEST_CASE("TlsContext: what cannot be used is named, and no key is shown") {
  CHECK(TlsContext::load(server_config()));
  auto config = server_config();
  config.certificate.text = "nonsense";
  CHECK(refused(config) ==
        Problem{Fault::malformed, "cert", "holds no certificate"});
  config = server_config();
  config.certificate.text += "-----BEGIN CERTIFICATE-----\nAAAA\n";
  CHECK(refused(config).where == "cert");
  config = server_config();
  config.key.text = authority().key();
  CHECK(refused(config) ==
        Problem{Fault::malformed, "key", "is not the key of the certificate"});
  config.key.text = "nonsense";
  CHECK(refused(config).detail == "holds no private key without a password");
  config = server_config();
  config.key.file = "/nonexistent/key.pem";
  CHECK(refused(config).where == "/nonexistent/key.pem");
  CHECK(refused(config).fault == Fault::missing);
  config = server_config();
  config.client_auth = ClientAuth::require_any;
  config.client_ca.text = "nonsense";
  CHECK(refused(config) ==
        Problem{Fault::malformed, "client_ca", "holds no certificate"});
}

TEST_CASE("TLS: 1.2 and 1.3 with forward secrecy, nothing weaker") {
  if (!has_tls()) return;
  const TlsListener listener{server_config()};
  CHECK(ask(listener.port()).starts_with("TLSv1.3 TLS_AES_"));
  const auto older = ask(listener.port(), {.max_version = TLS1_2_VERSION});
  CHECK(older.starts_with("TLSv1.2 ECDHE-ECDSA-AES"));
  CHECK(answered(older));
  CHECK(ask(listener.port(), {.min_version = TLS1_VERSION,
                              .max_version = TLS1_1_VERSION}) == "refused");
  for (const char* weak :
       {"ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0",
        "ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0", "AES128-GCM-SHA256",
        "AES256-SHA", "aNULL:eNULL:@SECLEVEL=0", "DHE:@SECLEVEL=0"}) {
    CAPTURE(weak);
    CHECK(ask(listener.port(),
              {.max_version = TLS1_2_VERSION, .ciphers = weak}) == "refused");
  }
}

TEST_CASE("TLS: of the protocols that a client offers, HTTP/1.1") {
  if (!has_tls()) return;
  const TlsListener listener{server_config()};
  CHECK(answered(ask(listener.port(), {.protocols = "\x02h2\x08http/1.1"})));
  CHECK(answered(ask(listener.port(), {.protocols = "\x08http/1.1"})));
  CHECK(ask(listener.port(), {.protocols = "\x02h2"}) == "refused");
}

TEST_CASE("TLS: versions, suites and curves are those of the configuration") {
  if (!has_tls()) return;
  auto config = server_config();
  config.max_version = TlsVersion::tls_1_2;
  config.ciphers = {"ECDHE-ECDSA-CHACHA20-POLY1305"};
  TlsListener listener{config};
  CHECK(ask(listener.port())
            .starts_with("TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305 "));
  config = server_config();
  config.min_version = TlsVersion::tls_1_3;
  config.ciphers = {"TLS_CHACHA20_POLY1305_SHA256"};
  listener.change(config);
  CHECK(ask(listener.port())
            .starts_with("TLSv1.3 TLS_CHACHA20_POLY1305_SHA256 "));
  CHECK(ask(listener.port(), {.max_version = TLS1_2_VERSION}) == "refused");
  config = server_config();
  config.ciphers = {"TLS_AES_128_GCM_SHA256"};
  listener.change(config);
  CHECK(ask(listener.port(), {.max_version = TLS1_2_VERSION}) == "refused");
  config = server_config();
  config.curves = {"P-384"};
  listener.change(config);
  CHECK(answered(ask(listener.port(), {.curves = "X25519:P-384"})));
  CHECK(ask(listener.port(), {.curves = "X25519"}) == "refused");
}

TEST_CASE("TLS: the five ways to ask for a client's certificate") {
  if (!has_tls()) return;
  const TestCertificate ours{"ours", "DNS:prometheus", &authority()};
  const TestCertificate stranger{"stranger"};
  struct Case {
    ClientAuth auth;
    bool without, with_ours, with_stranger;
  };
  TlsListener listener{server_config()};
  for (const auto& one :
       {Case{ClientAuth::none, true, true, true},
        Case{ClientAuth::request, true, true, true},
        Case{ClientAuth::require_any, false, true, true},
        Case{ClientAuth::verify_if_given, true, true, false},
        Case{ClientAuth::require_and_verify, false, true, false}}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      CAPTURE(static_cast<int>(one.auth));
      CAPTURE(version);
      auto config = server_config();
      config.client_auth = one.auth;
      if (one.auth != ClientAuth::none)
        config.client_ca.text = authority().certificate();
      listener.change(config);
      ClientRules rules{version, version};
      CHECK(answered(ask(listener.port(), rules)) == one.without);
      rules.certificate = &ours;
      CHECK(answered(ask(listener.port(), rules)) == one.with_ours);
      rules.certificate = &stranger;
      CHECK(answered(ask(listener.port(), rules)) == one.with_stranger);
    }
  }
}

TEST_CASE("TLS: only the allowed names of a client's certificate") {
  if (!has_tls()) return;
  auto config = server_config();
  config.client_auth = ClientAuth::require_and_verify;
  config.client_ca.text = authority().certificate();
  config.client_allowed_sans = {"prometheus", "10.0.0.1", "2001:db8::1",
                                "a@example", "spiffe://example/a"};
  const TlsListener listener{config};
  for (const char* san :
       {"DNS:prometheus", "DNS:other,DNS:prometheus", "IP:10.0.0.1",
        "IP:2001:db8:0:0::1", "email:a@example", "URI:spiffe://example/a"}) {
    CAPTURE(san);
    const TestCertificate certificate{"x", san, &authority()};
    CHECK(answered(ask(listener.port(), {.certificate = &certificate})));
  }
  for (const char* san : {"", "DNS:Prometheus", "DNS:prometheus.other",
                          "IP:10.0.0.2", "URI:prometheus:x"}) {
    CAPTURE(san);
    const TestCertificate certificate{"prometheus", san, &authority()};
    CHECK(ask(listener.port(), {.certificate = &certificate}) == "refused");
  }
}

TEST_CASE("TLS: a new certificate is for new connections") {
  if (!has_tls()) return;
  TlsListener listener{server_config()};
  const Client before{listener.port()};
  auto config = server_config();
  config.min_version = TlsVersion::tls_1_3;
  listener.change(config);
  CHECK(answered(ask(listener.port())));
  CHECK(ask(listener.port(), {.max_version = TLS1_2_VERSION}) == "refused");
}

TEST_CASE("TLS: who speaks HTTP, nonsense or nothing is no trouble") {
  if (!has_tls()) return;
  const TlsListener listener{server_config()};
  const Client plain{listener.port()};
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_of(plain.receive()) == 400);
  const Client nonsense{listener.port()};
  nonsense.send(std::string(1000, '\xff'));
  CHECK(status_of(nonsense.receive()) == 0);
  const Client half{listener.port()};
  half.send(std::string_view{"\x16\x03\x01\x02", 4});
  const Client silent{listener.port()};
  CHECK(answered(ask(listener.port())));
}

}  // namespace
}  // namespace openclaw_lock
