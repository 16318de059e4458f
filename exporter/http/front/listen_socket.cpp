// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/front/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "exporter/config/setting_values.h"
#include "exporter/sandbox/duties.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr int kBacklog = 4096;

using Outcome = std::optional<Problem>;

Problem listen_problem(int error, const ListenAddress& address) {
  auto problem = system_problem(error, to_text(address));
  if (error == EADDRINUSE) problem.detail = "address already in use";
  if (error == EADDRNOTAVAIL)
    problem.detail = "the address belongs to no interface of this host";
  if (error == EACCES || error == EPERM) problem.detail = "permission denied";
  return problem;
}

UniqueFd new_socket(int family) {
  return UniqueFd{
      ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

bool set_flag(const UniqueFd& socket, int level, int option, int value) {
  return ::setsockopt(socket.get(), level, option, &value, sizeof value) == 0;
}

bool bind_ipv4(const UniqueFd& socket, const ListenAddress& address) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(address.port));
  if (!address.host.empty() &&
      ::inet_pton(AF_INET, address.host.c_str(), &name.sin_addr) != 1) {
    errno = EINVAL;
    return false;
  }
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name),
                sizeof name) == 0;
}

bool bind_ipv6(const UniqueFd& socket, const ListenAddress& address) {
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(static_cast<std::uint16_t>(address.port));
  if (!address.host.empty() &&
      ::inet_pton(AF_INET6, address.host.c_str(), &name.sin6_addr) != 1) {
    errno = EINVAL;
    return false;
  }
  const bool both = address.host.empty();
  return set_flag(socket, IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1) &&
         ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&name),
                sizeof name) == 0;
}

/// The socket, or -1 with errno.
UniqueFd bind_tcp(const ListenAddress& address, int family) {
  auto socket = new_socket(family);
  if (!socket || !set_flag(socket, SOL_SOCKET, SO_REUSEADDR, 1)) return {};
  const bool bound = family == AF_INET6 ? bind_ipv6(socket, address)
                                        : bind_ipv4(socket, address);
  if (!bound || ::listen(socket.get(), kBacklog) != 0) return {};
  return socket;
}

int port_of(const UniqueFd& socket) {
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name),
                    &length) != 0)
    return 0;
  return ntohs(name.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&name)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&name)->sin_port);
}

sockaddr_un unix_name(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(),
              std::min(path.size(), sizeof name.sun_path - 1));
  return name;
}

/// Makes room for the socket's file.
Outcome remove_stale(const ListenAddress& address, const sockaddr_un& name) {
  struct stat found {};
  if (::lstat(address.unix_path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return listen_problem(errno, address);
  }
  if (!S_ISSOCK(found.st_mode))
    return Problem{Fault::malformed, to_text(address),
                   "there is a file that is no socket"};
  const auto probe = new_socket(AF_UNIX);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&name),
                sizeof name) == 0 ||
      errno == EAGAIN)
    return listen_problem(EADDRINUSE, address);
  if (errno != ECONNREFUSED || ::unlink(address.unix_path.c_str()) != 0)
    return listen_problem(errno, address);
  return {};
}

}  // namespace

Result<std::unique_ptr<ListenSocket>> ListenSocket::open(
    const ListenAddress& address) {
  std::unique_ptr<ListenSocket> listener{new ListenSocket};
  listener->address_ = address;
  auto& socket = listener->socket_;
  if (address.unix_path.empty()) {
    const bool ipv4 =
        !address.host.empty() && address.host.find(':') == std::string::npos;
    socket = bind_tcp(address, ipv4 ? AF_INET : AF_INET6);
    if (!socket && address.host.empty() &&
        (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL))
      socket = bind_tcp(address, AF_INET);
    if (!socket) return listen_problem(errno, address);
    listener->address_.port = port_of(socket);
    return listener;
  }
  // Two exporters that start at once are not to remove each other's socket.
  const auto parent = std::filesystem::path{address.unix_path}.parent_path();
  const auto directory = open_directory(parent);
  if (!directory) {
    auto problem = directory.problem();
    problem.where = to_text(address);
    return problem;
  }
  ::flock(directory->get(), LOCK_EX);
  const auto name = unix_name(address.unix_path);
  if (auto problem = remove_stale(address, name)) return *problem;
  auto bound = new_socket(AF_UNIX);
  struct stat made {};
  // What bind(2) makes has the mode of the socket: never too open.
  if (!bound || ::fchmod(bound.get(), kUnixSocketMode) != 0 ||
      ::bind(bound.get(), reinterpret_cast<const sockaddr*>(&name),
             sizeof name) != 0)
    return listen_problem(errno, address);
  if (::chmod(address.unix_path.c_str(), kUnixSocketMode) != 0 ||
      ::listen(bound.get(), kBacklog) != 0 ||
      ::lstat(address.unix_path.c_str(), &made) != 0) {
    const int error = errno;
    ::unlink(address.unix_path.c_str());
    return listen_problem(error, address);
  }
  listener->device_ = made.st_dev;
  listener->inode_ = made.st_ino;
  socket = std::move(bound);
  return listener;
}

ListenSocket::~ListenSocket() {
  struct stat found {};
  if (socket_ && inode_ != 0 &&
      ::lstat(address_.unix_path.c_str(), &found) == 0 &&
      found.st_dev == device_ && found.st_ino == inode_)
    ::unlink(address_.unix_path.c_str());
}

}  // namespace openclaw_lock
