// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/tls_context.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "core/base/text.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kLargestPem = 1U << 20U;
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

/// OpenSSL's newest reason; clears the rest.
std::string openssl_reason() {
  const auto error = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(error);
  return reason == nullptr ? "unknown error" : reason;
}

/// OpenSSL would ask the terminal for the password of a key.
int no_password(char*, int, int, void*) { return -1; }

/// No trouble, but where the text ends.
bool is_end_of_pem() {
  const auto error = ERR_peek_last_error();
  const bool end = ERR_GET_LIB(error) == ERR_LIB_PEM &&
                   ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (end) ERR_clear_error();
  return end;
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int length = ASN1_STRING_length(address);
  const int family = length == 4 ? AF_INET : AF_INET6;
  if (length != 4 && length != 16) return {};
  const auto* const done =
      inet_ntop(family, ASN1_STRING_get0_data(address), text.data(),
                static_cast<socklen_t>(text.size()));
  return done == nullptr ? "" : done;
}

/// A subject alternative name as exporter-toolkit compares it; empty for kinds
/// that it does not know.
std::string san_text(const GENERAL_NAME& name) {
  const auto text = [](const ASN1_IA5STRING* string) {
    return std::string{
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
        static_cast<std::size_t>(ASN1_STRING_length(string))};
  };
  switch (name.type) {
    case GEN_DNS:
      return text(name.d.dNSName);
    case GEN_EMAIL:
      return text(name.d.rfc822Name);
    case GEN_URI:
      return text(name.d.uniformResourceIdentifier);
    case GEN_IPADD:
      return address_text(name.d.iPAddress);
    default:
      return {};
  }
}

bool has_allowed_san(X509* certificate,
                     const std::vector<std::string>& allowed) {
  const std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>> names{
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(
          certificate, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto text = san_text(*sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty() && std::ranges::find(allowed, text) != allowed.end())
      return true;
  }
  return false;
}

int choose_http_1_1(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned offered_length,
                    void*) {
  // What is chosen points into it.
  static constexpr std::array<unsigned char, 9> kHttp{8,   'h', 't', 't', 'p',
                                                      '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, kHttp.data(), kHttp.size(), offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

std::string join(const std::vector<std::string>& words, bool tls_1_3) {
  std::string list;
  for (const auto& word : words) {
    if (word.starts_with("TLS_") != tls_1_3) continue;
    list.append(list.empty() ? "" : ":").append(word);
  }
  return list;
}

}  // namespace

/// Fills a context step by step; the first problem ends it.
class TlsContextLoader {
 public:
  explicit TlsContextLoader(const TlsServerConfig& config) : config_{config} {}

  Result<std::shared_ptr<const TlsContext>> load() {
    ERR_clear_error();
    if (context_->context_ == nullptr) return openssl_problem("TLS");
    if (auto problem = set_rules()) return *problem;
    if (auto problem = set_certificate()) return *problem;
    if (auto problem = set_key()) return *problem;
    if (auto problem = set_client_auth()) return *problem;
    return std::shared_ptr<const TlsContext>{std::move(context_)};
  }

 private:
  using Outcome = std::optional<Problem>;

  SSL_CTX* get() const { return context_->context_; }

  static Problem openssl_problem(const std::string& where) {
    return {Fault::malformed, where, openssl_reason()};
  }

  static std::string name_of(const PemSource& source, const char* key) {
    return source.file.empty() ? key
                               : to_label_text(source.file.native(), 4096);
  }

  /// The text of a certificate or key in memory that OpenSSL can read.
  static Result<std::string> read(const PemSource& source) {
    if (source.file.empty()) return source.text;
    auto text = read_regular_file(source.file, kLargestPem);
    if (text) return text;
    auto problem = text.problem();
    problem.where = to_label_text(problem.where, 4096);
    return problem;
  }

  static Bio open(const std::string& text) {
    return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  }

  Outcome set_rules() {
    SSL_CTX_set_options(get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_NO_TICKET |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (config_.prefer_server_ciphers)
      SSL_CTX_set_options(get(), SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(get(), 0);
    SSL_CTX_set_mode(get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(get(), choose_http_1_1, nullptr);
    const auto older = join(config_.ciphers, false);
    const auto newer = join(config_.ciphers, true);
    const bool only_newer = older.empty() && !newer.empty();
    const auto number = [](TlsVersion version) {
      return version == TlsVersion::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
    };
    const bool set =
        SSL_CTX_set_min_proto_version(
            get(), only_newer ? TLS1_3_VERSION : number(config_.min_version)) ==
            1 &&
        SSL_CTX_set_max_proto_version(get(), number(config_.max_version)) ==
            1 &&
        SSL_CTX_set_cipher_list(
            get(), older.empty() ? kCiphers : older.c_str()) == 1 &&
        (newer.empty() || SSL_CTX_set_ciphersuites(get(), newer.c_str()) == 1);
    if (!set) return openssl_problem("cipher_suites");
    std::string curves;
    for (const auto& curve : config_.curves)
      if (curves.find(curve) == std::string::npos)
        curves.append(curves.empty() ? "" : ":").append(curve);
    if (!curves.empty() && SSL_CTX_set1_groups_list(get(), curves.c_str()) != 1)
      return openssl_problem("curve_preferences");
    return {};
  }

  Outcome set_certificate() {
    const auto text = read(config_.certificate);
    if (!text) return text.problem();
    const auto name = name_of(config_.certificate, "cert");
    const auto bio = open(*text);
    const Certificate leaf{
        PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)};
    if (!leaf) {
      if (is_end_of_pem())
        return Problem{Fault::malformed, name, "holds no certificate"};
      return openssl_problem(name);
    }
    if (SSL_CTX_use_certificate(get(), leaf.get()) != 1)
      return openssl_problem(name);
    for (;;) {
      const Certificate next{
          PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)};
      if (!next) return is_end_of_pem() ? Outcome{} : openssl_problem(name);
      if (SSL_CTX_add1_chain_cert(get(), next.get()) != 1)
        return openssl_problem(name);
    }
  }

  Outcome set_key() {
    auto text = read(config_.key);
    if (!text) return text.problem();
    const auto name = name_of(config_.key, "key");
    const PrivateKey key{PEM_read_bio_PrivateKey(open(*text).get(), nullptr,
                                                 no_password, nullptr)};
    OPENSSL_cleanse(text->data(), text->size());
    if (!key) {
      ERR_clear_error();
      return Problem{Fault::malformed, name,
                     "holds no private key without a password"};
    }
    if (SSL_CTX_use_PrivateKey(get(), key.get()) != 1) {
      ERR_clear_error();
      return Problem{Fault::malformed, name,
                     "is not the key of the certificate"};
    }
    return {};
  }

  Outcome set_client_auth() {
    const auto auth = config_.client_auth;
    if (auth == ClientAuth::none) return {};
    const bool required = auth == ClientAuth::require_any ||
                          auth == ClientAuth::require_and_verify;
    context_->verify_chain_ = auth == ClientAuth::verify_if_given ||
                              auth == ClientAuth::require_and_verify;
    context_->allowed_sans_ = config_.client_allowed_sans;
    SSL_CTX_set_verify(
        get(),
        SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
        nullptr);
    SSL_CTX_set_cert_verify_callback(get(), verify, context_.get());
    if (!config_.client_ca.given()) {
      SSL_CTX_set_default_verify_paths(get());
      return {};
    }
    return set_client_ca();
  }

  Outcome set_client_ca() {
    const auto text = read(config_.client_ca);
    if (!text) return text.problem();
    const auto name = name_of(config_.client_ca, "client_ca");
    const auto bio = open(*text);
    int count = 0;
    for (;; ++count) {
      const Certificate next{
          PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)};
      if (!next) break;
      if (X509_STORE_add_cert(SSL_CTX_get_cert_store(get()), next.get()) != 1 ||
          SSL_CTX_add_client_CA(get(), next.get()) != 1)
        return openssl_problem(name);
    }
    if (!is_end_of_pem()) return openssl_problem(name);
    if (count > 0) return {};
    return Problem{Fault::malformed, name, "holds no certificate"};
  }

  static int verify(X509_STORE_CTX* chain, void* context) {
    const auto& rules = *static_cast<const TlsContext*>(context);
    if (rules.verify_chain_ && X509_verify_cert(chain) != 1) return 0;
    if (rules.allowed_sans_.empty() ||
        has_allowed_san(X509_STORE_CTX_get0_cert(chain), rules.allowed_sans_))
      return 1;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }

  static std::shared_ptr<TlsContext> make_context() {
    std::shared_ptr<TlsContext> context{new TlsContext};
    context->context_ = SSL_CTX_new(TLS_server_method());
    return context;
  }

  const TlsServerConfig& config_;
  std::shared_ptr<TlsContext> context_ = make_context();
};

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<const TlsContext>> TlsContext::load(
    const TlsServerConfig& config) {
  return TlsContextLoader{config}.load();
}

}  // namespace openclaw_lock
