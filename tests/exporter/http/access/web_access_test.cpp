// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_access.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

// "secret", cost 4
constexpr const char* kHash =
    "$2b$04$CCCCCCCCCCCCCCCCCCCCC.4K7lyz.nKATbsiu/RcZjqWyDNnj87qG";

HttpRequest with_authorization(std::string authorization) {
  HttpRequest request;
  request.method = "GET";
  request.path = "/metrics";
  request.authorization = std::move(authorization);
  request.client = "192.0.2.1";
  return request;
}

HttpResponse served(const HttpRequest&) {
  HttpResponse response;
  response.body = "metrics\n";
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'");
  return response;
}

std::string header(const HttpResponse& response, const std::string& name) {
  std::string values;
  for (const auto& [known, value] : response.headers)
    if (known == name) values += value + ';';
  return values;
}

}  // namespace

TEST_CASE("WebAccess: without a configuration everybody is served") {
  WebAccess access;
  CHECK(access.answer(with_authorization(""), served).status == 200);
}

TEST_CASE("WebAccess: 401 without the right password, headers all the same") {
  WebAccess access;
  WebConfig config;
  config.users = {{"alice", kHash}};
  config.headers = {{"X-Frame-Options", "deny"},
                    {"Content-Security-Policy", "ours"}};
  access.configure(config);
  for (const char* authorization :
       {"", "Basic", "Basic YWxpY2U6d3Jvbmc=", "Basic Ym9iOnNlY3JldA=="}) {
    CAPTURE(authorization);
    bool asked = false;
    const auto response = access.answer(with_authorization(authorization),
                                        [&](const HttpRequest& request) {
                                          asked = true;
                                          return served(request);
                                        });
    CHECK(response.status == 401);
    CHECK_FALSE(asked);
    CHECK(header(response, "WWW-Authenticate") == "Basic;");
    CHECK(header(response, "X-Frame-Options") == "deny;");
  }
  const auto response =
      access.answer(with_authorization("Basic YWxpY2U6c2VjcmV0"), served);
  CHECK(response.status == 200);
  CHECK(response.body == "metrics\n");
  CHECK(header(response, "Content-Security-Policy") == "ours;");
}

TEST_CASE("WebAccess: 429 beyond the rate, before any password is checked") {
  MonotonicTime now{1h};
  WebAccess access{[&now] { return now; }};
  WebConfig config;
  config.rate_limit = RateLimit{1s, 2};
  config.users = {{"alice", kHash}};
  access.configure(config);
  const auto status = [&] {
    return access.answer(with_authorization(""), served).status;
  };
  CHECK(status() == 401);
  CHECK(status() == 401);
  const auto limited = access.answer(with_authorization(""), served);
  CHECK(limited.status == 429);
  CHECK(header(limited, "Retry-After") == "1;");
  access.configure(config);  // the same: no new burst
  CHECK(status() == 429);
  now += 1s;
  CHECK(status() == 401);
  config.rate_limit = RateLimit{1s, 3};
  access.configure(config);
  CHECK(status() == 401);
  config.rate_limit.reset();
  access.configure(config);
  for (int i = 0; i < 10; ++i) CHECK(status() == 401);
}
