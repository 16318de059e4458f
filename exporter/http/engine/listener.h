// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"
#include "exporter/http/front/connection.h"
#include "exporter/http/front/tls_context.h"

namespace openclaw_lock {

/// What a handler may know of a request.
struct HttpRequest {
  std::string method;              ///< GET, HEAD, POST, ...
  std::string path;                ///< decoded, without the query
  std::string accept;              ///< header Accept, empty where absent
  std::string accept_encoding;     ///< header Accept-Encoding
  std::string authorization = {};  ///< header Authorization
  std::string origin = {};         ///< header Origin
  std::string host = {};           ///< header Host
  std::string client = {};         ///< its address without the port
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
  std::string body;
};

/// An answer of one line of text, or more.
inline HttpResponse plain_text(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// Answers a request; called from several threads at once. May throw: the
/// listener answers 500 and goes on.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

/// What TLS is spoken by from now on; null: none.
using TlsSource = std::function<std::shared_ptr<const TlsContext>()>;

/// A running HTTP server. Destroying it ends it, and waits for the answers
/// under way; with Debian's civetweb this may take 2 s more.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  /// The addresses really bound, in the order of those asked for.
  virtual std::vector<ListenAddress> addresses() const = 0;

  /// Listens no more, removes the files of unix sockets and gives up what is
  /// under way; at once where this build accepts connections itself.
  virtual void close() = 0;
};

/// Limits that keep strangers from occupying the server.
struct ListenerLimits {
  unsigned threads = 48;               ///< requests answered at once, a
                                       ///< thread each
  unsigned request_timeout_ms = 5000;  ///< for a whole request head
  ConnectionLimits connections = {};   ///< but head_time; not with Debian's
                                       ///< civetweb
  /// Until a thread without a request leaves; not with Debian's civetweb.
  std::chrono::milliseconds idle_time{10000};
};

/// What this build cannot serve of it: with Debian's civetweb there is neither
/// TLS nor IPv6 nor a unix socket. Empty: all can be served.
std::optional<Problem> find_unsupported(
    const std::vector<ListenAddress>& addresses, bool tls);

/// Starts a server on civetweb. `tls` is asked for each connection; null:
/// plain HTTP. The problem names the address and the system's reason.
Result<std::unique_ptr<Listener>> start_listener(
    const std::vector<ListenAddress>& addresses, const ListenerLimits& limits,
    HttpHandler handler, TlsSource tls = [] { return nullptr; });

}  // namespace openclaw_lock
