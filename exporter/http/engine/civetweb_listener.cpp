// SPDX-License-Identifier: Apache-2.0
#include <civetweb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

#include "exporter/config/setting_values.h"
#include "exporter/http/engine/listener.h"
#include "exporter/http/engine/worker_pool.h"
#include "exporter/http/front/connection_loop.h"
#include "exporter/system/limits.h"
#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

constexpr const char* kMaxRequestBytes = "8192";
// civetweb.h: what these two callbacks return to end the matter.
constexpr int kErrorHandled = 0;
constexpr int kMessageHandled = 1;

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
  request.authorization = header_of(connection, "Authorization");
  request.origin = header_of(connection, "Origin");
  request.host = header_of(connection, "Host");
  request.client = info->remote_addr;
  return request;
}

bool is_head(const mg_connection* connection) {
  const auto* const info = mg_get_request_info(connection);
  return info != nullptr && info->request_method != nullptr &&
         std::strcmp(info->request_method, "HEAD") == 0;
}

bool has_header(const HttpResponse& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [name](const auto& header) {
    return header.first == name;
  });
}

void write(mg_connection* connection, const HttpResponse& response) {
  std::string head =
      "HTTP/1.1 " + std::to_string(response.status) + ' ' +
      mg_get_response_code_text(connection, response.status) +
      "\r\nContent-Type: " + response.content_type +
      "\r\nContent-Length: " + std::to_string(response.body.size()) +
      "\r\nConnection: close\r\n";
  if (!has_header(response, "X-Content-Type-Options"))
    head += "X-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : response.headers)
    head.append(name).append(": ").append(value).append("\r\n");
  head += "\r\n";
  const bool whole = mg_write(connection, head.data(), head.size()) > 0;
  if (whole && !response.body.empty() && !is_head(connection))
    mg_write(connection, response.body.data(), response.body.size());
}

/// civetweb; without ports it has no thread of its own.
class Civetweb {
 public:
  explicit Civetweb(HttpHandler handler) : handler_{std::move(handler)} {}
  Civetweb(const Civetweb&) = delete;
  Civetweb& operator=(const Civetweb&) = delete;
  ~Civetweb() { stop(); }

  /// False: see complaint(). `ports` as civetweb has them.
  bool start(const std::string& ports, const ListenerLimits& limits) {
    const auto threads = std::to_string(limits.threads);
    const auto timeout = std::to_string(limits.request_timeout_ms);
    const char* options[] = {"listening_ports",
                             ports.c_str(),  //
                             "num_threads",
                             threads.c_str(),  //
                             "connection_queue",
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
    return context_ != nullptr;
  }

  void stop() {
    if (context_ != nullptr) mg_stop(context_);
    context_ = nullptr;
  }

  mg_context* context() const { return context_; }

  std::string complaint() {
    const std::lock_guard guard{mutex_};
    return complaint_;
  }

 private:
  static Civetweb* self(const mg_connection* connection) {
    const auto* const context =
        connection == nullptr ? nullptr : mg_get_context(connection);
    return context == nullptr
               ? nullptr
               : static_cast<Civetweb*>(mg_get_user_data(context));
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
    return plain_text(500, "internal error\n");
  }

  /// Requests that civetweb refuses by itself: malformed, too big, too slow.
  static int on_error(mg_connection* connection, int status, const char*) {
    try {
      write(connection, plain_text(status, "bad request\n"));
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

  const HttpHandler handler_;
  mg_context* context_ = nullptr;
  std::mutex mutex_;
  std::string complaint_;  ///< the first; only looked at after a failed start
};

#if OPENCLAW_LOCK_OWN_CIVETWEB

/// Our own connections in front of civetweb, which gets whole requests.
class FrontedListener final : public Listener {
 public:
  FrontedListener(HttpHandler handler) : civetweb_{std::move(handler)} {}
  FrontedListener(const FrontedListener&) = delete;
  FrontedListener& operator=(const FrontedListener&) = delete;
  ~FrontedListener() override { close(); }

  std::optional<Problem> start(const std::vector<ListenAddress>& addresses,
                               const ListenerLimits& limits, TlsSource tls) {
    std::vector<std::unique_ptr<ListenSocket>> sockets;
    for (const auto& address : addresses) {
      auto socket = ListenSocket::open(address);
      if (!socket) return socket.problem();
      bound_.push_back((*socket)->address());
      sockets.push_back(*std::move(socket));
    }
    if (!civetweb_.start("", limits))
      // It lacks a thread, or memory.
      return Problem{
          Fault::io, to_text(addresses.front()),
          "the server did not start: " + describe_thread_error(EAGAIN)};
    auto workers = WorkerPool::start(limits.threads, limits.idle_time);
    if (!workers) return workers.problem();
    workers_ = *std::move(workers);
    auto connections = limits.connections;
    connections.head_time =
        std::chrono::milliseconds{limits.request_timeout_ms};
    loop_ = std::make_unique<ConnectionLoop>(
        std::move(sockets), connections, limits.threads,
        [this](int socket, const Peer& peer) {
          return workers_->offer(
              [context = civetweb_.context(), socket, address = peer.address,
               length =
                   std::min<std::size_t>(peer.length, sizeof(sockaddr_in6))] {
                if (mg_serve_socket(context, socket,
                                    reinterpret_cast<const sockaddr*>(&address),
                                    length) != 1)
                  ::close(socket);
              });
        },
        std::move(tls));
    return {};
  }

  std::vector<ListenAddress> addresses() const override { return bound_; }

  void close() override { loop_.reset(); }

 private:
  std::vector<ListenAddress> bound_;
  Civetweb civetweb_;
  std::unique_ptr<WorkerPool> workers_;
  std::unique_ptr<ConnectionLoop> loop_;
};

using ThisListener = FrontedListener;

#else

std::string civetweb_port(const ListenAddress& address) {
  return (address.host.empty() ? "0.0.0.0" : address.host) + ':' +
         std::to_string(address.port);
}

/// civetweb as Debian builds it, with its own connections.
class BareListener final : public Listener {
 public:
  BareListener(HttpHandler handler) : civetweb_{std::move(handler)} {}

  std::optional<Problem> start(const std::vector<ListenAddress>& addresses,
                               const ListenerLimits& limits, const TlsSource&) {
    std::string ports;
    for (const auto& address : addresses)
      ports.append(ports.empty() ? "" : ",").append(civetweb_port(address));
    if (!civetweb_.start(ports, limits))
      return to_problem(addresses, civetweb_.complaint());
    bound_ = addresses;
    std::vector<mg_server_port> found(addresses.size());
    const int count = mg_get_server_ports(
        civetweb_.context(), static_cast<int>(found.size()), found.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0));
         ++i)
      bound_[i].port = found[i].port;
    return {};
  }

  std::vector<ListenAddress> addresses() const override { return bound_; }

  void close() override { civetweb_.stop(); }

 private:
  /// What civetweb says of a failed start, as in
  /// `cannot bind to 127.0.0.1:80: 13 (Permission denied)`.
  static Problem to_problem(const std::vector<ListenAddress>& addresses,
                            const std::string& complaint) {
    Problem problem{Fault::io, to_text(addresses.front()),
                    "the server did not start"};
    for (const auto& address : addresses)
      if (complaint.find(' ' + civetweb_port(address) + ':') !=
          std::string::npos)
        problem.where = to_text(address);
    if (complaint.find(' ' + std::to_string(EADDRINUSE) + " (") !=
        std::string::npos)
      problem.detail = "address already in use";
    if (complaint.find(' ' + std::to_string(EADDRNOTAVAIL) + " (") !=
        std::string::npos)
      problem.detail = "the address belongs to no interface of this host";
    if (complaint.find(' ' + std::to_string(EACCES) + " (") !=
        std::string::npos) {
      problem.fault = Fault::denied;
      problem.detail = "permission denied";
    }
    return problem;
  }

  std::vector<ListenAddress> bound_;
  Civetweb civetweb_;
};

using ThisListener = BareListener;

#endif

constexpr std::size_t kMaxAddresses = 64;

}  // namespace

std::optional<Problem> find_unsupported(
    [[maybe_unused]] const std::vector<ListenAddress>& addresses,
    [[maybe_unused]] bool tls) {
#if !OPENCLAW_LOCK_OWN_CIVETWEB
  constexpr const char* kReason =
      " needs a build with civetweb's source (deploy/build-and-run.sh makes "
      "one); this one has Debian's library";
  for (const auto& address : addresses)
    if (!address.unix_path.empty() ||
        address.host.find(':') != std::string::npos)
      return Problem{Fault::malformed, to_text(address),
                     (address.unix_path.empty() ? "IPv6" : "a unix socket") +
                         std::string{kReason}};
  if (tls)
    return Problem{Fault::malformed, "tls_server_config",
                   std::string{"TLS"} + kReason};
#endif
  return {};
}

Result<std::unique_ptr<Listener>> start_listener(
    const std::vector<ListenAddress>& addresses, const ListenerLimits& limits,
    HttpHandler handler, TlsSource tls) {
  if (addresses.empty() || addresses.size() > kMaxAddresses)
    return Problem{Fault::malformed, "listen addresses",
                   "between 1 and 64 addresses are possible"};
  for (const auto& address : addresses)
    if (const auto parsed = parse_listen_address(to_text(address));
        !parsed || *parsed != address)
      return Problem{Fault::malformed, to_text(address),
                     "not an address to listen on"};
  if (auto problem = find_unsupported(addresses, false)) return *problem;
  auto listener = std::make_unique<ThisListener>(std::move(handler));
  if (auto problem = listener->start(addresses, limits, std::move(tls)))
    return *problem;
  return std::unique_ptr<Listener>{std::move(listener)};
}

}  // namespace openclaw_lock
