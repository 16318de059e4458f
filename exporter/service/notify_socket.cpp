// SPDX-License-Identifier: Apache-2.0
#include "exporter/service/notify_socket.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/text.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {
namespace {

/// Empty where it is none.
std::string socket_address(std::string_view text) {
  sockaddr_un address{};
  const bool is_path = text.starts_with('/');
  const bool is_abstract = text.starts_with('@');
  if ((!is_path && !is_abstract) || text.size() < 2 ||
      text.size() >= sizeof address.sun_path)
    return {};
  address.sun_family = AF_UNIX;
  text.copy(address.sun_path, text.size());
  if (is_abstract) address.sun_path[0] = '\0';
  const auto size =
      offsetof(sockaddr_un, sun_path) + text.size() + (is_path ? 1 : 0);
  std::string bytes(size, '\0');
  std::memcpy(bytes.data(), &address, size);
  return bytes;
}

const sockaddr* as_address(const std::string& bytes) {
  return reinterpret_cast<const sockaddr*>(bytes.data());
}

}  // namespace

NotifySocket::NotifySocket(UniqueFd socket, std::string address)
    : socket_{std::move(socket)}, address_{std::move(address)} {}

std::shared_ptr<const NotifySocket> NotifySocket::of_environment() {
  const char* const address = std::getenv("NOTIFY_SOCKET");
  if (address == nullptr) return {};
  return open(address);
}

std::shared_ptr<const NotifySocket> NotifySocket::open(std::string_view text) {
  auto address = socket_address(text);
  if (address.empty()) return {};
  UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return {};
  timeval patience{};
  patience.tv_sec = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &patience,
               sizeof patience);
  // Landlock lets an abstract socket be reached only if it was before.
  ::connect(socket.get(), as_address(address),
            static_cast<socklen_t>(address.size()));
  return std::shared_ptr<const NotifySocket>{
      new NotifySocket{std::move(socket), std::move(address)}};
}

bool NotifySocket::send(const std::string& message) const {
  return ::sendto(socket_.get(), message.data(), message.size(), MSG_NOSIGNAL,
                  as_address(address_),
                  static_cast<socklen_t>(address_.size())) >= 0;
}

bool NotifySocket::ready(const std::string& status) const {
  return send("READY=1\nSTATUS=" + status);
}

bool NotifySocket::stopping() const {
  return send("STOPPING=1\nSTATUS=stopping");
}

bool NotifySocket::reloading() const {
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      monotonic_now().time_since_epoch());
  return send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.count()) +
              "\nSTATUS=reloading");
}

std::optional<std::chrono::microseconds> watchdog_of_environment() {
  const char* const span = std::getenv("WATCHDOG_USEC");
  if (span == nullptr) return {};
  if (const char* const pid = std::getenv("WATCHDOG_PID");
      pid != nullptr && std::to_string(::getpid()) != pid)
    return {};
  const auto count = parse_integer<std::uint64_t>(span);
  constexpr std::uint64_t kMost = UINT64_C(86400'000'000);
  if (!count || *count == 0 || *count > kMost) return {};
  return std::chrono::microseconds{static_cast<std::int64_t>(*count)};
}

}  // namespace openclaw_lock
