// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Where the service manager wants to be told how a service does: sd_notify(3),
/// `$NOTIFY_SOCKET`. A message is lines of `NAME=VALUE`. Thread-safe.
class NotifySocket {
 public:
  /// Null where no service manager waits, or the variable names neither an
  /// absolute path nor an abstract socket (`@...`).
  static std::shared_ptr<const NotifySocket> of_environment();
  static std::shared_ptr<const NotifySocket> open(std::string_view address);

  /// False where it could not be sent within a second.
  bool send(const std::string& message) const;

  bool ready(const std::string& status) const;
  bool stopping() const;
  /// Before a configuration is read anew; ready() is to follow.
  bool reloading() const;

 private:
  NotifySocket(UniqueFd socket, std::string address);

  UniqueFd socket_;
  std::string address_;  ///< a sockaddr_un, as far as it is used
};

/// How often the service manager wants to be told that the service lives:
/// sd_watchdog_enabled(3), `$WATCHDOG_USEC` and `$WATCHDOG_PID`.
std::optional<std::chrono::microseconds> watchdog_of_environment();

}  // namespace openclaw_lock
