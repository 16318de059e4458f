// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "exporter/config/settings.h"

namespace openclaw_lock {

/// One connection to a listener of this host; no wait is longer than the bound.
class Client {
 public:
  explicit Client(int port) : Client{ListenAddress{"127.0.0.1", port}} {}

  explicit Client(const ListenAddress& to) {
    sockaddr_storage address{};
    const auto length = fill(address, to);
    socket_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval bound{kBoundSeconds, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address),
                    length) == 0);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(socket_); }

  int descriptor() const { return socket_; }

  void send(std::string_view text) const {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  void end_output() const { shutdown(socket_, SHUT_WR); }

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
  static constexpr int kBoundSeconds = 20;

  static socklen_t fill(sockaddr_storage& storage, const ListenAddress& to) {
    if (!to.unix_path.empty()) {
      auto& address = reinterpret_cast<sockaddr_un&>(storage);
      address.sun_family = AF_UNIX;
      std::strncpy(address.sun_path, to.unix_path.c_str(),
                   sizeof address.sun_path - 1);
      return sizeof address;
    }
    if (to.host.find(':') != std::string::npos) {
      auto& address = reinterpret_cast<sockaddr_in6&>(storage);
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(static_cast<std::uint16_t>(to.port));
      inet_pton(AF_INET6, to.host.c_str(), &address.sin6_addr);
      return sizeof address;
    }
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(to.port));
    inet_pton(AF_INET, to.host.c_str(), &address.sin_addr);
    return sizeof address;
  }

  int socket_ = -1;
};

inline int status_of(const std::string& answer) {
  return answer.substr(0, 9) == "HTTP/1.1 " ? std::stoi(answer.substr(9)) : 0;
}

inline std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "" : answer.substr(end + 4);
}

}  // namespace openclaw_lock
