// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/listener.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace openclaw_lock {
namespace {

constexpr int kBoundSeconds = 20;

/// One TCP connection to a port of this host; no wait is longer than the
/// bound.
class Client {
 public:
  explicit Client(int port) : socket_{socket(AF_INET, SOCK_STREAM, 0)} {
    const timeval bound{kBoundSeconds, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address),
                    sizeof address) == 0);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(socket_); }

  void send(std::string_view text) const {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }

  /// Everything until the server closes.
  std::string receive() const {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto got = recv(socket_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return text;
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_;
};

std::string ask(int port, std::string_view request) {
  const Client client{port};
  client.send(request);
  return client.receive();
}

std::string ask_for(int port, const std::string& method,
                    const std::string& path) {
  return ask(port, method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
}

int status_of(const std::string& answer) {
  return answer.substr(0, 9) == "HTTP/1.1 " ? std::stoi(answer.substr(9)) : 0;
}

std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

bool has_header(const std::string& answer, const std::string& line) {
  return answer.substr(0, answer.find("\r\n\r\n") + 2)
             .find("\r\n" + line + "\r\n") != std::string::npos;
}

void check_common_headers(const std::string& answer) {
  CAPTURE(answer);
  CHECK(has_header(answer, "Connection: close"));
  CHECK(has_header(answer, "X-Content-Type-Options: nosniff"));
  CHECK(answer.find("\r\nContent-Length: ") != std::string::npos);
}

HttpResponse answer_with(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse handle(const HttpRequest& request) {
  if (request.path == "/throw") throw std::runtime_error{"secret"};
  if (request.path == "/throw-int") throw 1;
  if (request.path == "/big")
    return answer_with(200, std::string(3 << 20, 'x'));
  if (request.path == "/echo")
    return answer_with(200, request.method + '|' + request.accept + '|' +
                                request.accept_encoding);
  if (request.path == "/refused") {
    auto response = answer_with(405, "no\n");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  return answer_with(404, "no " + request.path + "\n");
}

std::unique_ptr<Listener> start(const std::vector<ListenAddress>& addresses,
                                ListenerLimits limits = {4, 10000}) {
  auto listener = start_listener(addresses, limits, handle);
  REQUIRE(listener);
  return std::move(*std::move(listener));
}

void check_answers(int port) {
  const auto echo = ask(port,
                        "GET /echo?query=1 HTTP/1.1\r\nHost: x\r\n"
                        "accept: a/b;q=1\r\nAccept-Encoding: gzip\r\n\r\n");
  CHECK(status_of(echo) == 200);
  CHECK(body_of(echo) == "GET|a/b;q=1|gzip");
  CHECK(has_header(echo, "Content-Type: text/plain; charset=utf-8"));
  CHECK(has_header(echo, "Content-Length: 16"));
  check_common_headers(echo);

  const auto head = ask_for(port, "HEAD", "/echo");
  CHECK(status_of(head) == 200);
  CHECK(has_header(head, "Content-Length: 6"));
  CHECK(body_of(head).empty());

  const auto refused = ask_for(port, "GET", "/refused");
  CHECK(status_of(refused) == 405);
  CHECK(has_header(refused, "Allow: GET, HEAD"));
  check_common_headers(refused);

  CHECK(body_of(ask_for(port, "GET", "/a%20b/../c")).substr(0, 4) == "no /");
  CHECK(body_of(ask_for(port, "GET", "/big")).size() == 3 << 20);
}

void check_failures(int port) {
  for (const char* path : {"/throw", "/throw-int"}) {
    const auto failed = ask_for(port, "GET", path);
    CHECK(status_of(failed) == 500);
    CHECK(failed.find("secret") == std::string::npos);
    check_common_headers(failed);
  }
  CHECK(body_of(ask_for(port, "HEAD", "/throw")).empty());
  CHECK(status_of(ask_for(port, "GET", "/echo")) == 200);
}

/// No file, directory or page of civetweb's own ever answers.
void check_strange_requests(int port) {
  for (const char* method : {"POST", "PUT", "DELETE", "PROPFIND", "MKCOL"}) {
    CAPTURE(method);
    CHECK(status_of(ask_for(port, method, "/none")) == 404);
  }
  const auto preflight = ask(port,
                             "OPTIONS /none HTTP/1.1\r\nHost: x\r\n"
                             "Origin: http://evil\r\n"
                             "Access-Control-Request-Method: GET\r\n\r\n");
  CHECK(status_of(preflight) == 404);
  CHECK(preflight.find("Access-Control") == std::string::npos);
  for (const char* request :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /echo HTTP/9.9\r\n\r\n",
        "nonsense nonsense nonsense\r\n\r\n",
        "GET /%zz\x01 HTTP/1.1\r\n\r\n"}) {
    CAPTURE(request);
    const auto answer = ask(port, request);
    CHECK(status_of(answer) >= 400);
    check_common_headers(answer);
  }
  const auto huge = ask_for(port, "GET", "/" + std::string(20000, 'x'));
  CHECK((huge.empty() || status_of(huge) >= 400));
  CHECK(status_of(ask_for(port, "GET", "/echo")) == 200);
}

TEST_CASE("start_listener: answers requests and survives bad ones") {
  const auto listener = start({{"127.0.0.1", 0}, {"127.0.0.1", 0}});
  const auto ports = listener->ports();
  REQUIRE(ports.size() == 2);
  CHECK(ports[0] > 0);
  CHECK(ports[1] > 0);
  CHECK(ports[0] != ports[1]);
  CHECK(status_of(ask_for(ports[1], "GET", "/echo")) == 200);
  check_answers(ports[0]);
  check_failures(ports[0]);
  check_strange_requests(ports[0]);
}

TEST_CASE("start_listener: half a request does not block another, and ends") {
  const auto listener = start({{"127.0.0.1", 0}}, {4, 1500});
  const int port = listener->ports().at(0);
  const Client silent{port};
  const Client half{port};
  half.send("GET /echo HTTP/1.1\r\nHos");
  for (int i = 0; i < 3; ++i)
    CHECK(status_of(ask_for(port, "GET", "/echo")) == 200);
  const auto late = half.receive();
  CAPTURE(late);
  CHECK((late.empty() || status_of(late) >= 400));
}

TEST_CASE("start_listener: an address in use is named with the reason") {
  const auto listener = start({{"127.0.0.1", 0}});
  const int port = listener->ports().at(0);
  const auto second =
      start_listener({{"127.0.0.1", 0}, {"127.0.0.1", port}}, {}, handle);
  REQUIRE_FALSE(second);
  CHECK(second.problem().fault == Fault::io);
  CHECK(second.problem().where == "127.0.0.1:" + std::to_string(port));
  CHECK(second.problem().detail == "address already in use");
  CHECK(status_of(ask_for(port, "GET", "/echo")) == 200);
}

TEST_CASE("start_listener: an address of another host is named") {
  const auto listener = start_listener({{"192.0.2.1", 0}}, {}, handle);
  REQUIRE_FALSE(listener);
  CHECK(listener.problem().where == "192.0.2.1:0");
  CHECK(listener.problem().detail.find("no interface") != std::string::npos);
}

TEST_CASE("start_listener: takes IPv4 addresses only") {
  for (const ListenAddress& address :
       std::vector<ListenAddress>{{"localhost", 80},
                                  {"", 80},
                                  {"::1", 80},
                                  {"127.0.0.1,+80", 80},
                                  {"127.1", 80},
                                  {"127.0.0.1", -1},
                                  {"127.0.0.1", 65536}}) {
    const auto listener = start_listener({address}, {}, handle);
    REQUIRE_FALSE(listener);
    CHECK(listener.problem().fault == Fault::malformed);
    CHECK(listener.problem().where ==
          address.host + ':' + std::to_string(address.port));
  }
  CHECK_FALSE(start_listener({}, {}, handle));
}

}  // namespace
}  // namespace openclaw_lock
