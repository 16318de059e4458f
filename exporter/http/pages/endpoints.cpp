// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/pages/endpoints.h"

#include <atomic>
#include <memory>
#include <utility>

#include "exporter/http/pages/gzip.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMinGzipBytes = 1024;
constexpr const char* kHealthyPath = "/-/healthy";
constexpr const char* kReadyPath = "/-/ready";
constexpr const char* kReloadPath = "/-/reload";

/// Counts one scrape as long as it lives.
class Turn {
 public:
  explicit Turn(std::atomic<unsigned>& under_way)
      : under_way_{under_way}, before_{under_way.fetch_add(1)} {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { under_way_.fetch_sub(1); }

  bool within(unsigned limit) const { return limit == 0 || before_ < limit; }

 private:
  std::atomic<unsigned>& under_way_;
  unsigned before_;
};

std::string escape_html(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string link(const std::string& path, const char* meaning) {
  const auto shown = escape_html(path);
  return "<li><a href=\"" + shown + "\">" + shown + "</a> " + meaning +
         "</li>\n";
}

std::string landing_page(const EndpointSettings& settings) {
  return R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>openclaw-lock-exporter</title>
<style>body{font-family:sans-serif;margin:2em}</style>
</head>
<body>
<h1>openclaw-lock-exporter</h1>
<p>Prometheus exporter for the locks of OpenClaw. Version )" +
         escape_html(settings.version) + ".</p>\n<ul>\n" +
         link(settings.telemetry_path, "the metrics") +
         link(kHealthyPath, "the exporter runs") +
         link(kReadyPath, "every reader has reported once") +
         "</ul>\n</body>\n</html>\n";
}

/// Browsers let any page send a POST, but say where it comes from.
bool is_of_other_site(const HttpRequest& request) {
  if (request.origin.empty()) return false;
  const auto scheme_end = request.origin.find("://");
  return scheme_end == std::string::npos ||
         request.origin.substr(scheme_end + 3) != request.host;
}

class Endpoints {
 public:
  Endpoints(EndpointSettings settings, EndpointSources sources)
      : settings_{std::move(settings)}, sources_{std::move(sources)} {}

  HttpResponse answer(const HttpRequest& request) {
    try {
      auto response = sources_.guard(
          request,
          [this](const HttpRequest& allowed) { return route(allowed); });
      sources_.answered(response.status);
      return response;
    } catch (...) {
      sources_.answered(500);
      throw;
    }
  }

 private:
  HttpResponse route(const HttpRequest& request) {
    if (request.path == kReloadPath && sources_.reload) return reload(request);
    if (!serves(request.path)) return plain_text(404, "not found\n");
    if (request.method != "GET" && request.method != "HEAD") {
      auto response = plain_text(405, "method not allowed\n");
      response.headers.emplace_back("Allow", "GET, HEAD");
      return response;
    }
    if (request.path == settings_.telemetry_path) return metrics(request);
    if (request.path == kHealthyPath) return plain_text(200, "healthy\n");
    if (request.path == kReadyPath) return ready();
    return landing();
  }

  bool serves(const std::string& path) const {
    return path == settings_.telemetry_path || path == "/" ||
           path == kHealthyPath || path == kReadyPath;
  }

  HttpResponse metrics(const HttpRequest& request) {
    const Turn turn{under_way_};
    if (!turn.within(settings_.max_requests)) {
      auto response =
          plain_text(503, "too many scrapes at once, try again later\n");
      response.headers.emplace_back("Retry-After", "1");
      return response;
    }
    const auto format = choose_format(request.accept);
    HttpResponse response;
    response.content_type = content_type(format);
    response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
    const auto text = sources_.metrics(format);
    auto packed =
        text->size() > kMinGzipBytes && accepts_gzip(request.accept_encoding)
            ? gzip(*text)
            : std::nullopt;
    if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = packed ? *std::move(packed) : *text;
    return response;
  }

  HttpResponse reload(const HttpRequest& request) const {
    if (request.method != "POST" && request.method != "PUT") {
      auto response = plain_text(405, "method not allowed\n");
      response.headers.emplace_back("Allow", "POST, PUT");
      return response;
    }
    if (is_of_other_site(request))
      return plain_text(403, "pages of other sites may not reload\n");
    const auto outcome = sources_.reload();
    switch (outcome.status) {
      case ReloadOutcome::Status::failed:
        return plain_text(500, "not reloaded: " + outcome.line + '\n');
      case ReloadOutcome::Status::pending:
        return plain_text(500, "not in force yet: " + outcome.line + '\n');
      case ReloadOutcome::Status::busy:
        return plain_text(503, outcome.line + '\n');
      case ReloadOutcome::Status::done:
        break;
    }
    if (outcome.line.empty()) return plain_text(200, "reloaded\n");
    return plain_text(200, "reloaded; changed, but in need of a restart: " +
                               outcome.line + '\n');
  }

  HttpResponse ready() const {
    const bool is_ready = sources_.ready();
    std::string text =
        is_ready ? "ready\n" : "not ready: a reader has not reported yet\n";
    for (const auto& place : sources_.hanging())
      text += "hangs: " + place + '\n';
    return plain_text(is_ready ? 200 : 503, std::move(text));
  }

  HttpResponse landing() const {
    HttpResponse response;
    response.content_type = "text/html; charset=utf-8";
    response.headers.emplace_back(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; "
        "frame-ancestors 'none'");
    response.body = landing_page(settings_);
    return response;
  }

  const EndpointSettings settings_;
  const EndpointSources sources_;
  std::atomic<unsigned> under_way_{0};
};

}  // namespace

HttpHandler make_endpoints(EndpointSettings settings, EndpointSources sources) {
  auto endpoints =
      std::make_shared<Endpoints>(std::move(settings), std::move(sources));
  return [endpoints](const HttpRequest& request) {
    return endpoints->answer(request);
  };
}

}  // namespace openclaw_lock
