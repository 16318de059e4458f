// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_access.h"

#include <algorithm>

namespace openclaw_lock {

WebAccess::WebAccess(Clock clock)
    : clock_{std::move(clock)}, config_{std::make_shared<WebConfig>()} {}

void WebAccess::configure(const WebConfig& config) {
  const std::lock_guard guard{mutex_};
  config_ = std::make_shared<const WebConfig>(config);
  if (!config.rate_limit)
    limiter_.reset();
  else if (!limiter_ || limiter_->limit() != *config.rate_limit)
    limiter_.emplace(*config.rate_limit);
}

bool WebAccess::within_rate() {
  const std::lock_guard guard{mutex_};
  return !limiter_ || limiter_->allow(clock_());
}

std::optional<HttpResponse> WebAccess::refuse(const WebConfig& config,
                                              const HttpRequest& request) {
  if (!within_rate()) {
    auto response = plain_text(429, "too many requests\n");
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }
  if (config.users.empty()) return {};
  const auto credentials = parse_basic_auth(request.authorization);
  const auto verdict =
      credentials ? passwords_.check(config.users, *credentials, request.client)
                  : PasswordCheck::Verdict::wrong;
  if (verdict == PasswordCheck::Verdict::right) return {};
  if (verdict == PasswordCheck::Verdict::busy) {
    auto response = plain_text(503, "too many passwords to check, try again\n");
    response.headers.emplace_back("Retry-After", "1");
    return response;
  }
  auto response = plain_text(401, "unauthorized\n");
  response.headers.emplace_back("WWW-Authenticate", "Basic");
  return response;
}

HttpResponse WebAccess::answer(const HttpRequest& request,
                               const HttpHandler& handler) {
  std::shared_ptr<const WebConfig> config;
  {
    const std::lock_guard guard{mutex_};
    config = config_;
  }
  auto refused = refuse(*config, request);
  auto response = refused ? *std::move(refused) : handler(request);
  for (const auto& configured : config->headers) {
    std::erase_if(response.headers, [&configured](const auto& header) {
      return header.first == configured.first;
    });
    response.headers.push_back(configured);
  }
  return response;
}

}  // namespace openclaw_lock
