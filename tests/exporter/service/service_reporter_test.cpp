// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/service_reporter.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

#include "exporter/service/http_pulse.h"
#include "tests/support/notify_listener.h"
#include "tests/support/temp_tree.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

/// The first message that is not `skipped`.
std::string next_but(const NotifyListener& listener,
                     const std::string& skipped) {
  for (;;)
    if (auto message = listener.next(); message != skipped) return message;
}

/// What answers, or does not, on a port of its own.
class Server {
 public:
  enum class Manner { answers, closes, hangs };

  explicit Server(Manner manner)
      : socket_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, generic, size) != 0 || ::listen(socket_, 8) != 0 ||
        ::getsockname(socket_, generic, &size) != 0)
      throw std::runtime_error{"no server"};
    port_ = ntohs(address.sin_port);
    if (manner != Manner::hangs)
      thread_ = std::thread{[this, manner] { serve(manner); }};
  }
  ~Server() {
    ::shutdown(socket_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(socket_);
  }

  ListenAddress target() const { return {"127.0.0.1", port_}; }

 private:
  void serve(Manner manner) const {
    for (;;) {
      const int client = ::accept(socket_, nullptr, nullptr);
      if (client < 0) return;
      std::array<char, 512> request;
      if (::recv(client, request.data(), request.size(), 0) > 0 &&
          manner == Manner::answers)
        ::send(client, "HTTP/1.1 401 Unauthorized\r\n\r\n", 28, MSG_NOSIGNAL);
      ::close(client);
    }
  }

  int socket_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("ServiceReporter: ready, status and signs of life") {
  const TempTree tree;
  const NotifyListener listener{tree.path("notify")};
  std::atomic<bool> ready = false;
  std::atomic<bool> lives = true;
  std::mutex mutex;
  std::string status = "watching 1 gateway";
  ServiceTiming timing;
  timing.until_ready = 1ms;
  timing.watchdog = 20ms;
  ServiceReporter reporter{
      NotifySocket::open(tree.path("notify")),
      {[&] { return ready.load(); }, [&] { return lives.load(); },
       [&] {
         const std::lock_guard guard{mutex};
         return status;
       }},
      timing};
  CHECK(listener.next(50) == "nothing");
  ready = true;
  CHECK(listener.next() == "READY=1\nSTATUS=watching 1 gateway");
  for (int i = 0; i < 3; ++i) CHECK(listener.next() == "WATCHDOG=1");
  {
    const std::lock_guard guard{mutex};
    status = "watching 2 gateways";
  }
  CHECK(next_but(listener, "WATCHDOG=1") == "STATUS=watching 2 gateways");
  lives = false;
  while (listener.next(100) == "WATCHDOG=1") {
  }
  CHECK(listener.next(50) == "nothing");
  lives = true;
  CHECK(listener.next() == "WATCHDOG=1");
  CHECK(reporter.stop(1min));
}

TEST_CASE("ServiceReporter: no watchdog is wanted") {
  const TempTree tree;
  const NotifyListener listener{tree.path("notify")};
  ServiceTiming timing;
  timing.status = 1ms;
  ServiceReporter reporter{
      NotifySocket::open(tree.path("notify")),
      {[] { return true; }, [] { return true; }, [] { return "well"; }},
      timing};
  CHECK(listener.next() == "READY=1\nSTATUS=well");
  CHECK(listener.next(50) == "nothing");
  CHECK(reporter.stop(1min));
}

TEST_CASE("http_pulse: an answer, and a closed connection, are signs of life") {
  CHECK(http_pulse(Server{Server::Manner::answers}.target(), 1min));
  CHECK(http_pulse(Server{Server::Manner::closes}.target(), 1min));
  CHECK_FALSE(http_pulse(Server{Server::Manner::hangs}.target(), 50ms));
}

TEST_CASE("http_pulse: nobody listens") {
  ListenAddress target;
  {
    const Server server{Server::Manner::hangs};
    target = server.target();
  }
  CHECK_FALSE(http_pulse(target, 1s));
  CHECK_FALSE(http_pulse({"", 0, "/nowhere/socket"}, 1s));
}
