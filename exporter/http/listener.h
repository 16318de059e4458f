// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "exporter/config/settings.h"

namespace openclaw_lock {

/// What a handler may know of a request.
struct HttpRequest {
  std::string method;           ///< GET, HEAD, POST, ...
  std::string path;             ///< decoded, without the query
  std::string accept;           ///< header Accept, empty where absent
  std::string accept_encoding;  ///< header Accept-Encoding
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
  std::string body;
};

/// Answers a request; called from several threads at once. May throw: the
/// listener answers 500 and goes on.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

/// A running HTTP server. Destroying it ends it, which may take 2 s
/// (civetweb's poll quantum).
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  /// The ports really bound, in the order of the addresses.
  virtual std::vector<int> ports() const = 0;
};

/// Limits that keep strangers from occupying the server.
struct ListenerLimits {
  unsigned threads = 48;               ///< connections served at once
  unsigned request_timeout_ms = 5000;  ///< for a whole request head, and writes
};

/// Starts a server on civetweb: plain HTTP, IPv4. The problem names the
/// address and the system's reason.
Result<std::unique_ptr<Listener>> start_listener(
    const std::vector<ListenAddress>& addresses, const ListenerLimits& limits,
    HttpHandler handler);

}  // namespace openclaw_lock
