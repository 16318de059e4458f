// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/http_pulse.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>

#include "exporter/system/clock.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {
namespace {

using std::chrono::milliseconds;

// It waits for a lock of all gateways, and so proves that it is free.
constexpr std::string_view kRequest =
    "GET /-/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

UniqueFd begin_connection(int family, const void* address, socklen_t size) {
  UniqueFd socket{
      ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (socket &&
      ::connect(socket.get(), static_cast<const sockaddr*>(address), size) !=
          0 &&
      errno != EINPROGRESS)
    return UniqueFd{-1};
  return socket;
}

/// One that listens everywhere is reached by the loopback address.
UniqueFd begin_connection(const ListenAddress& target) {
  const auto port = htons(static_cast<std::uint16_t>(target.port));
  if (!target.unix_path.empty()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    target.unix_path.copy(address.sun_path, sizeof address.sun_path - 1);
    return begin_connection(AF_UNIX, &address, sizeof address);
  }
  sockaddr_in6 six{};
  if (::inet_pton(AF_INET6, target.host.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = port;
    if (IN6_IS_ADDR_UNSPECIFIED(&six.sin6_addr))
      six.sin6_addr = in6addr_loopback;
    return begin_connection(AF_INET6, &six, sizeof six);
  }
  sockaddr_in four{};
  four.sin_family = AF_INET;
  four.sin_port = port;
  if (::inet_pton(AF_INET, target.host.c_str(), &four.sin_addr) != 1 ||
      four.sin_addr.s_addr == INADDR_ANY)
    four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return begin_connection(AF_INET, &four, sizeof four);
}

}  // namespace

bool http_pulse(const ListenAddress& target, milliseconds patience) {
  const auto deadline = monotonic_now() + patience;
  const auto wait_for = [&](const UniqueFd& socket, short events) {
    const auto left = std::chrono::ceil<milliseconds>(
        std::max(deadline - monotonic_now(), MonotonicTime::duration::zero()));
    pollfd event{socket.get(), events, 0};
    return ::poll(&event, 1, static_cast<int>(left.count())) == 1;
  };
  const auto socket = begin_connection(target);
  if (!socket || !wait_for(socket, POLLOUT)) return false;
  if (::send(socket.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0)
    return errno == EPIPE || errno == ECONNRESET;
  if (!wait_for(socket, POLLIN)) return false;
  std::array<char, 64> answer;
  return ::recv(socket.get(), answer.data(), answer.size(), 0) >= 0 ||
         errno == ECONNRESET;
}

}  // namespace openclaw_lock
