// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "exporter/http/access/basic_auth.h"
#include "exporter/http/access/web_config.h"
#include "exporter/http/engine/listener.h"
#include "exporter/http/front/rate_limiter.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {

/// Who may ask, how often, and with which headers everybody is answered:
/// `basic_auth_users`, `rate_limit` and `headers` of a web configuration.
/// Thread-safe.
class WebAccess {
 public:
  explicit WebAccess(Clock clock = monotonic_now);

  /// From now on. Passwords checked before are remembered, and a rate limit
  /// that stays the same goes on.
  void configure(const WebConfig& config);

  /// 429 beyond the rate, 401 without the right password, 503 where too many
  /// passwords are to be checked; else what `handler` answers.
  HttpResponse answer(const HttpRequest& request, const HttpHandler& handler);

 private:
  bool within_rate();
  std::optional<HttpResponse> refuse(const WebConfig& config,
                                     const HttpRequest& request);

  const Clock clock_;
  PasswordCheck passwords_;
  std::mutex mutex_;
  std::shared_ptr<const WebConfig> config_;
  std::optional<RateLimiter> limiter_;
};

}  // namespace openclaw_lock
