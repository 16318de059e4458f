// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/engine/listener.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <future>
#include <latch>
#include <stdexcept>

#include "exporter/config/setting_values.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_tree.h"

namespace openclaw_lock {
namespace {

std::string ask(int port, std::string_view request) {
  const Client client{port};
  client.send(request);
  return client.receive();
}

std::string ask_for(int port, const std::string& method,
                    const std::string& path) {
  return ask(port, method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
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

std::vector<int> ports_of(const Listener& listener) {
  std::vector<int> ports;
  for (const auto& address : listener.addresses())
    ports.push_back(address.port);
  return ports;
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
  const auto ports = ports_of(*listener);
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
  const int port = ports_of(*listener).at(0);
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
  const int port = ports_of(*listener).at(0);
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

TEST_CASE("start_listener: refuses what is no address") {
  for (const ListenAddress& address :
       std::vector<ListenAddress>{{"localhost", 80},
                                  {"127.0.0.1,+80", 80},
                                  {"127.1", 80},
                                  {"127.0.0.1", -1},
                                  {"127.0.0.1", 65536},
                                  {"127.0.0.1", 80, "/x"},
                                  {"", 0, "relative"}}) {
    CAPTURE(to_text(address));
    const auto listener = start_listener({address}, {}, handle);
    REQUIRE_FALSE(listener);
    CHECK(listener.problem().fault == Fault::malformed);
    CHECK(listener.problem().where == to_text(address));
  }
  CHECK_FALSE(start_listener({}, {}, handle));
}

std::string ask(const ListenAddress& address, const std::string& path) {
  const Client client{address};
  client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
  return client.receive();
}

/// With Debian's civetweb there is neither IPv6 nor a unix socket.
bool has_all_listeners() { return !find_unsupported({}, true); }

TEST_CASE("start_listener: IPv6, and both families at once") {
  if (!has_all_listeners()) return;
  const auto listener = start({{"::1", 0}, {"", 0}});
  const auto bound = listener->addresses();
  CHECK(status_of(ask(bound.at(0), "/echo")) == 200);
  CHECK(status_of(ask({"127.0.0.1", bound.at(1).port}, "/echo")) == 200);
  CHECK(status_of(ask({"::1", bound.at(1).port}, "/echo")) == 200);
  const auto taken = start_listener({{"::1", bound.at(0).port}}, {}, handle);
  REQUIRE_FALSE(taken);
  CHECK(taken.problem().where == to_text(bound.at(0)));
  CHECK(taken.problem().detail == "address already in use");
}

TEST_CASE("start_listener: a unix socket, which is gone at the end") {
  if (!has_all_listeners()) return;
  const TempTree tree;
  const ListenAddress address{"", 0, tree.path("exporter.sock")};
  {
    const auto listener = start({address});
    CHECK(status_of(ask(address, "/echo")) == 200);
    struct stat made {};
    REQUIRE(::stat(address.unix_path.c_str(), &made) == 0);
    CHECK((made.st_mode & 07777U) == 0660);
    const auto second = start_listener({address}, {}, handle);
    REQUIRE_FALSE(second);
    CHECK(second.problem().detail == "address already in use");
    CHECK(status_of(ask(address, "/echo")) == 200);
    listener->close();
    CHECK_FALSE(std::filesystem::exists(address.unix_path));
  }
  CHECK_FALSE(std::filesystem::exists(address.unix_path));
}

TEST_CASE("start_listener: a socket that a killed exporter left is replaced") {
  if (!has_all_listeners()) return;
  const TempTree tree;
  const ListenAddress address{"", 0, tree.path("exporter.sock")};
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, address.unix_path.c_str(),
               sizeof name.sun_path - 1);
  const UniqueFd dead{::socket(AF_UNIX, SOCK_STREAM, 0)};
  REQUIRE(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&name),
                 sizeof name) == 0);
  const auto listener = start({address});
  CHECK(status_of(ask(address, "/echo")) == 200);
}

TEST_CASE("start_listener: a file that is no socket is left alone") {
  if (!has_all_listeners()) return;
  TempTree tree{{"file", "precious"}};
  const auto listener =
      start_listener({{"", 0, tree.path("file")}}, {}, handle);
  REQUIRE_FALSE(listener);
  CHECK(listener.problem().where == "unix:" + tree.path("file"));
  CHECK(std::filesystem::file_size(tree.path("file")) == 8);
  const auto nowhere =
      start_listener({{"", 0, tree.path("no/such/x")}}, {}, handle);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.problem().fault == Fault::missing);
}

TEST_CASE("start_listener: at its end a socket of somebody else is left") {
  if (!has_all_listeners()) return;
  const TempTree tree;
  const ListenAddress address{"", 0, tree.path("exporter.sock")};
  const auto first = start({address});
  std::filesystem::remove(address.unix_path);
  const auto second = start({address});
  first->close();
  CHECK(status_of(ask(address, "/echo")) == 200);
}

TEST_CASE("connections: what comes behind a request is not read") {
  if (!has_all_listeners()) return;
  const auto listener = start({{"127.0.0.1", 0}});
  const int port = ports_of(*listener).at(0);
  const std::string get = "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n";
  const Client pipelining{port};
  pipelining.send(get + get + get);
  const auto one = pipelining.receive();
  CHECK(status_of(one) == 200);
  CHECK(one.rfind("HTTP/1.1") == 0);
  const Client posting{port};
  posting.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n"
      "\r\n" +
      std::string(100000, 'x'));
  CHECK(body_of(posting.receive()) == "POST||");
  const Client expecting{port};
  expecting.send(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
      "Expect: 100-continue\r\n\r\n");
  CHECK(body_of(expecting.receive()) == "POST||");
}

TEST_CASE("connections: a client that closed its half is answered") {
  if (!has_all_listeners()) return;
  const auto listener = start({{"127.0.0.1", 0}});
  const Client client{ports_of(*listener).at(0)};
  client.send("GET /big HTTP/1.0\r\n\r\n");
  client.end_output();
  CHECK(body_of(client.receive()).size() == 3 << 20);
}

TEST_CASE("connections: a head that is too big is refused") {
  if (!has_all_listeners()) return;
  const auto listener = start({{"127.0.0.1", 0}});
  const int port = ports_of(*listener).at(0);
  for (const auto& request :
       {"GET /" + std::string(10000, 'x') + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n",
        std::string(100000, 'x')})
    CHECK(status_of(ask(port, request)) == 431);
}

TEST_CASE("connections: idle ones make room for new ones") {
  if (!has_all_listeners()) return;
  ListenerLimits limits{2, 20000};
  limits.connections.connections = 8;
  const auto listener = start({{"127.0.0.1", 0}}, limits);
  const int port = ports_of(*listener).at(0);
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 50; ++i) {
    idle.push_back(std::make_unique<Client>(port));
    if (i % 2 == 0) idle.back()->send("GET /echo HTTP/1.1\r\n");
  }
  CHECK(status_of(ask_for(port, "GET", "/echo")) == 200);
  CHECK(idle.front()->receive().empty());  // closed long before its time
}

TEST_CASE("connections: those that do not read hold no worker") {
  if (!has_all_listeners()) return;
  ListenerLimits limits{1, 20000};
  limits.connections.buffered_bytes = 8U << 20U;
  const auto listener = start({{"127.0.0.1", 0}}, limits);
  const int port = ports_of(*listener).at(0);
  std::vector<std::unique_ptr<Client>> deaf;
  for (int i = 0; i < 20; ++i) {
    deaf.push_back(std::make_unique<Client>(port));
    deaf.back()->send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(ask_for(port, "GET", "/echo")) == 200);
  }
}

TEST_CASE("connections: more requests than workers wait their turn") {
  if (!has_all_listeners()) return;
  std::latch entered{2};
  std::promise<void> finish;
  const auto finished = finish.get_future().share();
  auto listener = start_listener({{"127.0.0.1", 0}}, {2, 20000},
                                 [&](const HttpRequest& request) {
                                   if (request.path == "/wait") {
                                     entered.count_down();
                                     finished.wait();
                                   }
                                   return answer_with(200, "done\n");
                                 });
  REQUIRE(listener);
  const int port = ports_of(**listener).at(0);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<Client>(port));
    clients.back()->send("GET /wait HTTP/1.1\r\n\r\n");
  }
  entered.wait();
  for (int i = 0; i < 10; ++i) {
    clients.push_back(std::make_unique<Client>(port));
    clients.back()->send("GET / HTTP/1.1\r\n\r\n");
  }
  clients.at(5).reset();  // gave up
  finish.set_value();
  for (const auto& client : clients)
    if (client) CHECK(body_of(client->receive()) == "done\n");
}

}  // namespace
}  // namespace openclaw_lock
