// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>

namespace openclaw_lock {

/// What a service manager listens with: a path, or `@...` for an abstract one.
class NotifyListener {
 public:
  explicit NotifyListener(const std::string& where)
      : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    where.copy(address.sun_path, sizeof address.sun_path - 1);
    auto size = offsetof(sockaddr_un, sun_path) + where.size();
    if (where.front() == '@')
      address.sun_path[0] = '\0';
    else
      ++size;
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address),
               static_cast<socklen_t>(size)) != 0)
      throw std::runtime_error{"cannot bind " + where};
  }
  NotifyListener(const NotifyListener&) = delete;
  NotifyListener& operator=(const NotifyListener&) = delete;
  ~NotifyListener() { ::close(socket_); }

  /// Waits for a message, a minute at most; then `nothing`.
  std::string next(int patience_ms = 60000) const {
    pollfd event{socket_, POLLIN, 0};
    if (::poll(&event, 1, patience_ms) != 1) return "nothing";
    std::array<char, 4096> message;
    const auto got = ::recv(socket_, message.data(), message.size(), 0);
    return got < 0 ? "error"
                   : std::string(message.data(), static_cast<std::size_t>(got));
  }

 private:
  int socket_;
};

}  // namespace openclaw_lock
