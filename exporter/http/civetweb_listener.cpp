// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <civetweb.h>

#include <cstring>
#include <mutex>
#include <optional>

#include "exporter/http/listener.h"
#include "exporter/log.h"

namespace openclaw_lock {
namespace {

constexpr const char* kMaxRequestBytes = "8192";
// civetweb.h: what these two callbacks return to end the matter.
constexpr int kErrorHandled = 0;
constexpr int kMessageHandled = 1;

std::string to_text(const ListenAddress& address) {
  return address.host + ':' + std::to_string(address.port);
}

std::string join(const std::vector<ListenAddress>& addresses) {
  std::string list;
  for (const auto& address : addresses) {
    if (!list.empty()) list += ',';
    list += to_text(address);
  }
  return list;
}

/// The address that civetweb would misread, if any.
const ListenAddress* find_malformed(
    const std::vector<ListenAddress>& addresses) {
  for (const auto& address : addresses) {
    in_addr ignored{};
    if (inet_pton(AF_INET, address.host.c_str(), &ignored) != 1 ||
        address.port < 0 || address.port > 65535)
      return &address;
  }
  return nullptr;
}

/// What civetweb says of a failed start, as in
/// `cannot bind to 127.0.0.1:80: 13 (Permission denied)`.
Problem to_problem(const std::vector<ListenAddress>& addresses,
                   const std::string& complaint) {
  Problem problem{Fault::io, join(addresses), complaint};
  for (const auto& address : addresses)
    if (complaint.find(' ' + to_text(address) + ':') != std::string::npos)
      problem.where = to_text(address);
  for (const int error : {EADDRINUSE, EADDRNOTAVAIL, EACCES}) {
    if (complaint.find(' ' + std::to_string(error) + " (") == std::string::npos)
      continue;
    if (error == EACCES) problem.fault = Fault::denied;
    problem.detail = error == EADDRINUSE ? "address already in use"
                     : error == EACCES
                         ? "permission denied"
                         : "the address belongs to no interface of this host";
  }
  if (problem.detail.empty()) problem.detail = "the server did not start";
  return problem;
}

std::string header_of(const mg_connection* connection, const char* name) {
  const char* const value = mg_get_header(connection, name);
  return value == nullptr ? "" : value;
}

HttpRequest to_request(const mg_connection* connection) {
  const auto* const info = mg_get_request_info(connection);
  HttpRequest request;
  if (info->request_method != nullptr) request.method = info->request_method;
  if (info->local_uri != nullptr) request.path = info->local_uri;
  request.accept = header_of(connection, "Accept");
  request.accept_encoding = header_of(connection, "Accept-Encoding");
  return request;
}

bool is_head(const mg_connection* connection) {
  const auto* const info = mg_get_request_info(connection);
  return info != nullptr && info->request_method != nullptr &&
         std::strcmp(info->request_method, "HEAD") == 0;
}

void write(mg_connection* connection, const HttpResponse& response) {
  std::string head =
      "HTTP/1.1 " + std::to_string(response.status) + ' ' +
      mg_get_response_code_text(connection, response.status) +
      "\r\nContent-Type: " + response.content_type +
      "\r\nContent-Length: " + std::to_string(response.body.size()) +
      "\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : response.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  head += "\r\n";
  const bool whole = mg_write(connection, head.data(), head.size()) > 0;
  if (whole && !response.body.empty() && !is_head(connection))
    mg_write(connection, response.body.data(), response.body.size());
}

class CivetwebListener final : public Listener {
 public:
  explicit CivetwebListener(HttpHandler handler)
      : handler_{std::move(handler)} {}
  CivetwebListener(const CivetwebListener&) = delete;
  CivetwebListener& operator=(const CivetwebListener&) = delete;
  ~CivetwebListener() override {
    if (context_ != nullptr) mg_stop(context_);
  }

  std::optional<Problem> start(const std::vector<ListenAddress>& addresses,
                               const ListenerLimits& limits) {
    const auto list = join(addresses);
    const auto threads = std::to_string(limits.threads);
    const auto timeout = std::to_string(limits.request_timeout_ms);
    const char* options[] = {"listening_ports",
                             list.c_str(),  //
                             "num_threads",
                             threads.c_str(),  //
                             "request_timeout_ms",
                             timeout.c_str(),
                             "max_request_size",
                             kMaxRequestBytes,  //
                             "enable_keep_alive",
                             "no",  //
                             "tcp_nodelay",
                             "1",  //
                             "access_control_allow_methods",
                             "",  //
                             nullptr};
    mg_callbacks callbacks{};
    callbacks.begin_request = on_request;
    callbacks.http_error = on_error;
    callbacks.log_message = on_message;
    context_ = mg_start(&callbacks, this, options);
    if (context_ == nullptr) return to_problem(addresses, complaint());
    return {};
  }

  std::vector<int> ports() const override {
    std::vector<mg_server_port> bound(kMaxAddresses);
    const int count = mg_get_server_ports(
        context_, static_cast<int>(bound.size()), bound.data());
    std::vector<int> numbers;
    numbers.reserve(bound.size());
    for (int i = 0; i < count; ++i)
      numbers.push_back(bound[static_cast<std::size_t>(i)].port);
    return numbers;
  }

  static constexpr std::size_t kMaxAddresses = 64;

 private:
  static CivetwebListener* self(const mg_connection* connection) {
    const auto* const context =
        connection == nullptr ? nullptr : mg_get_context(connection);
    return context == nullptr
               ? nullptr
               : static_cast<CivetwebListener*>(mg_get_user_data(context));
  }

  static int on_request(mg_connection* connection) {
    int status = 500;
    try {
      const auto response = self(connection)->answer(to_request(connection));
      status = response.status;
      write(connection, response);
    } catch (...) {
      log::error("an HTTP answer could not be written");
    }
    return status;
  }

  HttpResponse answer(const HttpRequest& request) const {
    try {
      return handler_(request);
    } catch (...) {
      log::error("an HTTP handler failed");
    }
    HttpResponse response;
    response.status = 500;
    response.body = "internal error\n";
    return response;
  }

  /// Requests that civetweb refuses by itself: malformed, too big, too slow.
  static int on_error(mg_connection* connection, int status, const char*) {
    try {
      HttpResponse response;
      response.status = status;
      response.body = "bad request\n";
      write(connection, response);
    } catch (...) {
      log::error("an HTTP answer could not be written");
    }
    return kErrorHandled;
  }

  static int on_message(const mg_connection* connection, const char* message) {
    auto* const listener = self(connection);
    if (listener != nullptr) listener->note(message);
    log::debug("the HTTP server reports", {{"detail", message}});
    return kMessageHandled;
  }

  void note(const char* message) {
    const std::lock_guard guard{mutex_};
    if (complaint_.empty()) complaint_ = message;
  }

  std::string complaint() {
    const std::lock_guard guard{mutex_};
    return complaint_;
  }

  const HttpHandler handler_;
  mg_context* context_ = nullptr;
  std::mutex mutex_;
  std::string complaint_;  ///< the first; only looked at after a failed start
};

}  // namespace

Result<std::unique_ptr<Listener>> start_listener(
    const std::vector<ListenAddress>& addresses, const ListenerLimits& limits,
    HttpHandler handler) {
  if (addresses.empty() || addresses.size() > CivetwebListener::kMaxAddresses)
    return Problem{Fault::malformed, "listen addresses",
                   "between 1 and 64 addresses are possible"};
  if (const auto* const malformed = find_malformed(addresses))
    return Problem{Fault::malformed, to_text(*malformed),
                   "not an IPv4 address and port"};
  auto listener = std::make_unique<CivetwebListener>(std::move(handler));
  if (auto problem = listener->start(addresses, limits)) return *problem;
  return std::unique_ptr<Listener>{std::move(listener)};
}

}  // namespace openclaw_lock
