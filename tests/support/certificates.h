// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace openclaw_lock {

/// A certificate and its key, made for one test; both as PEM.
class TestCertificate {
 public:
  /// `san` in OpenSSL's notation, such as `DNS:a,IP:127.0.0.1`; signed by
  /// `issuer`, or by itself.
  explicit TestCertificate(const std::string& name, const std::string& san = "",
                           const TestCertificate* issuer = nullptr)
      : key_{EVP_EC_gen("P-256"), EVP_PKEY_free}, x509_{X509_new(), X509_free} {
    static long serial = 1;
    if (!key_ || !x509_) throw std::runtime_error{"no key"};
    X509_set_version(x509_.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509_.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(x509_.get()), 3600);
    X509_set_pubkey(x509_.get(), key_.get());
    auto* const subject = X509_get_subject_name(x509_.get());
    X509_NAME_add_entry_by_txt(
        subject, "CN", MBSTRING_ASC,
        reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    const auto& signer = issuer == nullptr ? *this : *issuer;
    X509_set_issuer_name(x509_.get(),
                         X509_get_subject_name(signer.x509_.get()));
    if (issuer == nullptr)
      add_extension(NID_basic_constraints, "critical,CA:TRUE");
    if (!san.empty()) add_extension(NID_subject_alt_name, san);
    if (X509_sign(x509_.get(), signer.key_.get(), EVP_sha256()) == 0)
      throw std::runtime_error{"not signed"};
  }

  std::string certificate() const {
    return pem([this](BIO* bio) { PEM_write_bio_X509(bio, x509_.get()); });
  }
  std::string key() const {
    return pem([this](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr,
                               nullptr);
    });
  }

 private:
  void add_extension(int kind, const std::string& value) {
    auto* const extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    if (extension == nullptr) throw std::runtime_error{"bad extension"};
    X509_add_ext(x509_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }

  template <typename Write>
  static std::string pem(const Write& write) {
    const std::unique_ptr<BIO, int (*)(BIO*)> bio{BIO_new(BIO_s_mem()),
                                                  BIO_free};
    write(bio.get());
    char* text = nullptr;
    const long length = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(length)};
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> x509_;
};

}  // namespace openclaw_lock
