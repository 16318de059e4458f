// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exporter/http/engine/listener.h"
#include "exporter/http/pages/content_negotiation.h"

namespace openclaw_lock {

/// How a reload of the configuration went.
struct ReloadOutcome {
  enum class Status {
    done,
    failed,   ///< the gateways are watched as before
    pending,  ///< read, but not in force before something that hangs goes on
    busy,     ///< another one is under way
  };
  Status status = Status::done;
  /// Why it failed or is not in force, in one line; or which changed settings
  /// need a restart.
  std::string line;
};

/// Where the endpoints get what they show. Called on the server's threads;
/// must not block.
struct EndpointSources {
  std::function<std::shared_ptr<const std::string>(ExpositionFormat)> metrics;
  std::function<bool()> ready;  ///< each reader finished or timed out once
  /// What hangs now, a name each; `/-/ready` tells it.
  std::function<std::vector<std::string>()> hanging = [] {
    return std::vector<std::string>{};
  };
  /// Empty: there is no `/-/reload`. May block while it reads files.
  std::function<ReloadOutcome()> reload = {};
  /// Decides whether the endpoints are asked at all.
  std::function<HttpResponse(const HttpRequest&, const HttpHandler&)> guard =
      [](const HttpRequest& request, const HttpHandler& handler) {
        return handler(request);
      };
  /// Told of every answer, for openclaw_lock_exporter_http_requests_total.
  std::function<void(int status)> answered = [](int) {};
};

struct EndpointSettings {
  std::string telemetry_path = "/metrics";
  unsigned max_requests = 40;  ///< scrapes at once, beyond: 503; 0: no limit
  std::string version;         ///< for the landing page
};

/// Everything we serve, as one handler: the metrics, `/` (landing page),
/// `/-/healthy`, `/-/ready`, and `/-/reload` for POST and PUT, which answers
/// 500 with the reason, and 403 to pages of other sites. 404 elsewhere, 405 for
/// other methods.
HttpHandler make_endpoints(EndpointSettings settings, EndpointSources sources);

}  // namespace openclaw_lock
