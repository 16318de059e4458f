// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "exporter/http/access/web_config.h"

struct ssl_ctx_st;

namespace openclaw_lock {

/// A TLS server's certificate, key and rules, as OpenSSL holds them. Immutable;
/// connections that began with it go on with it.
class TlsContext {
 public:
  /// Reads the files that the configuration names. `where` of a problem is the
  /// file, or the key of the configuration; `detail` is OpenSSL's reason and
  /// nothing of a key.
  ///
  /// TLS 1.2 and 1.3 with forward secrecy and authenticated ciphers only; no
  /// compression, renegotiation or resumption. Client certificates that are to
  /// be verified come from `client_ca`, or without it from the system's.
  static Result<std::shared_ptr<const TlsContext>> load(
      const TlsServerConfig& config);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  ssl_ctx_st* get() const { return context_; }

 private:
  TlsContext() = default;
  friend class TlsContextLoader;

  ssl_ctx_st* context_ = nullptr;
  bool verify_chain_ = false;
  std::vector<std::string> allowed_sans_;
};

}  // namespace openclaw_lock
