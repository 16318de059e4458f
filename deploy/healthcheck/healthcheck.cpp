// SPDX-License-Identifier: Apache-2.0
// Health check of the container image, which has no shell and no curl: asks
// the exporter that runs beside it for /-/healthy.
//
//   openclaw-lock-healthcheck [ADDRESS]
//
// ADDRESS is one that the exporter listens on, as in --web.listen-address (an
// IPv6 address in brackets, unix:/path); else $HEALTHCHECK_ADDRESS; else
// 127.0.0.1:10069. Exit status: 0 healthy, 1 not, 2 wrong usage.
//
// A server that asks for a password (401) is healthy: it answers. One that
// speaks TLS is, when it takes up a handshake; no certificate is looked at,
// and none is needed.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace {

using Clock = std::chrono::steady_clock;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

template <typename Socket>
Address as_address(const Socket& socket) {
  Address address;
  std::memcpy(&address.storage, &socket, sizeof socket);
  address.size = sizeof socket;
  return address;
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.starts_with("unix:")) {
    text.remove_prefix(5);
    sockaddr_un local{};
    if (text.empty() || text.size() >= sizeof local.sun_path) return {};
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, text.data(), text.size());
    return as_address(local);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return {};
  std::string host{text.substr(0, colon)};
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) != 1) return {};
    return as_address(six);
  }
  if (host.empty() || host == "localhost") host = "127.0.0.1";
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &four.sin_addr) != 1) return {};
  return as_address(four);
}

bool wait_until(Clock::time_point deadline, int socket, short events) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{socket, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

/// The first bytes of the answer to `request`, up to 12; empty where the
/// server ended the connection. Nothing where it does not answer.
std::optional<std::string> ask(const Address& address, std::string_view request,
                               Clock::time_point deadline) {
  const int socket = ::socket(address.storage.ss_family,
                              SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return {};
  const auto* peer = reinterpret_cast<const sockaddr*>(&address.storage);
  int error = connect(socket, peer, address.size) == 0 ? 0 : errno;
  if (error == EINPROGRESS && wait_until(deadline, socket, POLLOUT)) {
    socklen_t size = sizeof error;
    getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  std::optional<std::string> answer;
  if (error == 0 &&
      send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    std::string begun;
    char buffer[12];
    while (begun.size() < sizeof buffer) {
      if (!wait_until(deadline, socket, POLLIN)) break;
      const auto size = recv(socket, buffer, sizeof buffer - begun.size(), 0);
      if (size <= 0) {
        answer = begun;
        break;
      }
      begun.append(buffer, static_cast<std::size_t>(size));
    }
    if (!begun.empty()) answer = begun;
  }
  close(socket);
  return answer;
}

/// ClientHello of TLS 1.2 and 1.3 that offers no key: the server asks for one
/// or refuses; either shows that it is there.
std::string client_hello() {
  using namespace std::string_literals;
  const auto body =
      "\x03\x03"s + std::string(32, 'o') +
      "\0"                                                      // session
      "\0\x0c\x13\x01\x13\x02\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30"  // ciphers
      "\x01\0"                                                  // compression
      "\0\x27"                                                  // extensions
      "\0\x2b\0\x05\x04\x03\x04\x03\x03"  // supported_versions
      "\0\x0a\0\x06\0\x04\0\x1d\0\x17"    // supported_groups
      "\0\x0d\0\x0a\0\x08\x04\x03\x08\x04\x04\x01\x08\x07"  // signatures
      "\0\x33\0\x02\0\0"s;                                  // key_share
  const auto length = static_cast<char>(body.size());
  return "\x16\x03\x01\0"s + static_cast<char>(body.size() + 4) + "\x01\0\0"s +
         length + body;
}

bool is_healthy(const Address& address) {
  const auto deadline = Clock::now() + std::chrono::seconds{3};
  const auto answer = ask(address,
                          "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n"
                          "Connection: close\r\n\r\n",
                          deadline);
  if (!answer) return false;
  if (answer->starts_with("HTTP/1.1 ") || answer->starts_with("HTTP/1.0 ")) {
    const auto code = answer->substr(9);
    return code == "200" || code == "401";
  }
  const auto taken_up = ask(address, client_hello(), deadline);
  return taken_up && (taken_up->starts_with("\x16\x03") ||
                      taken_up->starts_with("\x15\x03"));
}

}  // namespace

int main(int argc, char** argv) {
  const char* given = argc > 1 ? argv[1] : std::getenv("HEALTHCHECK_ADDRESS");
  const std::string text =
      given != nullptr && *given != '\0' ? given : "127.0.0.1:10069";
  const auto address = parse_address(text);
  if (argc > 2 || !address) {
    std::fputs("usage: openclaw-lock-healthcheck [ADDRESS:PORT | unix:/path]\n",
               stderr);
    return 2;
  }
  return is_healthy(*address) ? 0 : 1;
}
