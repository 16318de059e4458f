// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/endpoints.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <latch>
#include <stdexcept>
#include <thread>

namespace openclaw_lock {
namespace {

auto text(std::string of) {
  return std::make_shared<const std::string>(std::move(of));
}

EndpointSources sources_with(const std::string& body) {
  EndpointSources sources;
  sources.metrics = [body](ExpositionFormat format) {
    return text(format == ExpositionFormat::text_0_0_4 ? body : "# EOF\n");
  };
  sources.ready = [] { return true; };
  return sources;
}

EndpointSettings settings() { return {"/metrics", 40, "1.2.3"}; }

HttpRequest get(std::string path) { return {"GET", std::move(path), "", ""}; }

std::string header(const HttpResponse& response, const std::string& name) {
  const auto found =
      std::find_if(response.headers.begin(), response.headers.end(),
                   [&](const auto& entry) { return entry.first == name; });
  return found == response.headers.end() ? "" : found->second;
}

TEST_CASE("endpoints: metrics come in the format that was asked for") {
  const auto handler = make_endpoints(settings(), sources_with("up 1\n"));
  const auto text = handler(get("/metrics"));
  CHECK(text.status == 200);
  CHECK(text.body == "up 1\n");
  CHECK(text.content_type == content_type(ExpositionFormat::text_0_0_4));
  CHECK(header(text, "Vary") == "Accept, Accept-Encoding");
  CHECK(header(text, "Content-Encoding").empty());

  auto request = get("/metrics");
  request.accept = "application/openmetrics-text";
  const auto openmetrics = handler(request);
  CHECK(openmetrics.body == "# EOF\n");
  CHECK(openmetrics.content_type ==
        content_type(ExpositionFormat::openmetrics_1_0_0));
}

TEST_CASE("endpoints: long metrics are packed where the client allows it") {
  const std::string body(5000, 'x');
  const auto handler = make_endpoints(settings(), sources_with(body));
  auto request = get("/metrics");
  CHECK(handler(request).body == body);
  request.accept_encoding = "gzip;q=0";
  CHECK(handler(request).body == body);
  request.accept_encoding = "gzip";
  const auto packed = handler(request);
  CHECK(packed.body.substr(0, 2) == "\x1f\x8b");
  CHECK(packed.body.size() < 200);
  CHECK(header(packed, "Content-Encoding") == "gzip");
  CHECK(header(packed, "Vary") == "Accept, Accept-Encoding");

  const auto small = make_endpoints(settings(), sources_with("up 1\n"));
  CHECK(small(request).body == "up 1\n");
}

TEST_CASE("endpoints: the landing page leads on and escapes what it shows") {
  auto hostile = settings();
  hostile.version = "<b>\"1\" & '2'</b>";
  hostile.telemetry_path = "/m\"><script>";
  const auto page = make_endpoints(hostile, sources_with(""))(get("/"));
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  for (const char* part :
       {"openclaw-lock-exporter", "href=\"/-/healthy\"", "href=\"/-/ready\"",
        "href=\"/m&quot;&gt;&lt;script&gt;\"",
        "&lt;b&gt;&quot;1&quot; &amp; &#39;2&#39;&lt;/b&gt;"}) {
    CAPTURE(part);
    CHECK(page.body.find(part) != std::string::npos);
  }
  CHECK(page.body.find("<script>") == std::string::npos);
}

TEST_CASE("endpoints: the telemetry path may be the root") {
  auto at_root = settings();
  at_root.telemetry_path = "/";
  CHECK(make_endpoints(at_root, sources_with("up 1\n"))(get("/")).body ==
        "up 1\n");
}

TEST_CASE("endpoints: healthy always, ready when every reader is") {
  auto sources = sources_with("");
  bool is_ready = false;
  sources.ready = [&] { return is_ready; };
  const auto handler = make_endpoints(settings(), sources);
  CHECK(handler(get("/-/healthy")).status == 200);
  const auto early = handler(get("/-/ready"));
  CHECK(early.status == 503);
  CHECK(early.body.substr(0, 11) == "not ready: ");
  is_ready = true;
  CHECK(handler(get("/-/ready")).status == 200);
  CHECK(handler(get("/-/ready")).body == "ready\n");
  sources.hanging = [] { return std::vector<std::string>{"nfs filer"}; };
  CHECK(make_endpoints(settings(), sources)(get("/-/ready")).body ==
        "ready\nhangs: nfs filer\n");
}

TEST_CASE("endpoints: other paths are not found, other methods not allowed") {
  const auto handler = make_endpoints(settings(), sources_with("up 1\n"));
  for (const char* path : {"", "/x", "/metrics/", "/metrics/x", "/-/", "//"}) {
    CAPTURE(path);
    CHECK(handler(get(path)).status == 404);
  }
  for (const char* path : {"/metrics", "/", "/-/healthy", "/-/ready"})
    for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
      CAPTURE(method);
      const auto response = handler({method, path, "", ""});
      CHECK(response.status == 405);
      CHECK(header(response, "Allow") == "GET, HEAD");
    }
  CHECK(handler({"HEAD", "/metrics", "", ""}).status == 200);
}

TEST_CASE("endpoints: scrapes beyond the limit are sent away, not queued") {
  std::latch entered{2};
  std::promise<void> finish;
  const auto finished = finish.get_future().share();
  auto sources = sources_with("");
  sources.metrics = [&](ExpositionFormat) {
    entered.count_down();
    finished.wait();
    return text("up 1\n");
  };
  auto limited = settings();
  limited.max_requests = 2;
  const auto handler = make_endpoints(limited, sources);
  auto first = std::async(std::launch::async,
                          [&] { return handler(get("/metrics")).status; });
  auto second = std::async(std::launch::async,
                           [&] { return handler(get("/metrics")).status; });
  entered.wait();
  const auto third = handler(get("/metrics"));
  CHECK(third.status == 503);
  CHECK(header(third, "Retry-After") == "1");
  CHECK(handler(get("/-/healthy")).status == 200);
  finish.set_value();
  CHECK(first.get() == 200);
  CHECK(second.get() == 200);
}

TEST_CASE("endpoints: a failed scrape gives its turn back") {
  auto limited = settings();
  limited.max_requests = 1;
  auto sources = sources_with("");
  bool fails = true;
  sources.metrics = [&](ExpositionFormat) {
    if (fails) throw std::runtime_error{"no"};
    return text("up 1\n");
  };
  std::vector<int> told;
  sources.answered = [&](int status) { told.push_back(status); };
  const auto handler = make_endpoints(limited, sources);
  CHECK_THROWS(handler(get("/metrics")));
  fails = false;
  CHECK(handler(get("/metrics")).status == 200);
  CHECK(handler(get("/x")).status == 404);
  CHECK(told == std::vector<int>{500, 200, 404});
}

TEST_CASE("endpoints: a reload tells how it went") {
  auto sources = sources_with("");
  ReloadOutcome outcome;
  int reloads = 0;
  sources.reload = [&] {
    ++reloads;
    return outcome;
  };
  const auto handler = make_endpoints(settings(), sources);
  const auto ask = [&](const char* method, const char* origin = "") {
    HttpRequest request{method, "/-/reload", "", ""};
    request.origin = origin;
    request.host = "127.0.0.1:10069";
    return handler(request);
  };
  CHECK(ask("POST").body == "reloaded\n");
  CHECK(ask("PUT").status == 200);
  outcome.line = "sample.interval";
  CHECK(ask("POST").body ==
        "reloaded; changed, but in need of a restart: sample.interval\n");
  outcome = {ReloadOutcome::Status::failed, "c.yml:3: no"};
  CHECK(ask("POST").status == 500);
  CHECK(ask("POST").body == "not reloaded: c.yml:3: no\n");
  outcome = {ReloadOutcome::Status::busy, "later"};
  CHECK(ask("POST").status == 503);
  CHECK(ask("POST", "http://127.0.0.1:10069").status == 503);
  CHECK(reloads == 7);
  for (const char* origin :
       {"http://evil.example", "null", "http://127.0.0.1:10069.evil.example",
        "127.0.0.1:10069"}) {
    CAPTURE(origin);
    CHECK(ask("POST", origin).status == 403);
  }
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    CHECK(ask(method).status == 405);
    CHECK(header(ask(method), "Allow") == "POST, PUT");
  }
  CHECK(reloads == 7);
  const auto without = make_endpoints(settings(), sources_with(""));
  CHECK(without({"POST", "/-/reload", "", ""}).status == 404);
}

TEST_CASE("endpoints: what the guard refuses is counted and goes no further") {
  auto sources = sources_with("up 1\n");
  std::vector<int> told;
  sources.answered = [&](int status) { told.push_back(status); };
  sources.guard = [](const HttpRequest& request, const HttpHandler& handler) {
    if (request.authorization == "yes") return handler(request);
    HttpResponse response;
    response.status = 401;
    return response;
  };
  const auto handler = make_endpoints(settings(), sources);
  auto request = get("/metrics");
  CHECK(handler(request).status == 401);
  request.authorization = "yes";
  CHECK(handler(request).body == "up 1\n");
  CHECK(told == std::vector<int>{401, 200});
}

TEST_CASE("endpoints: limit 0 means none") {
  auto unlimited = settings();
  unlimited.max_requests = 0;
  CHECK(make_endpoints(unlimited, sources_with(""))(get("/metrics")).status ==
        200);
}

}  // namespace
}  // namespace openclaw_lock
