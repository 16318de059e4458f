// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "core/base/result.h"
#include "exporter/config/settings.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// A socket that listens, without blocking. Its destructor removes the file of
/// a unix socket, if that is still its own.
class ListenSocket {
 public:
  /// TCP over IPv4 or IPv6; both at once for an address without a host, IPv4
  /// alone where the kernel has no IPv6. A unix socket is for its user and
  /// group (mode 0660); a file that an ended process left there is replaced,
  /// one that is served or is no socket is a problem. The problem names the
  /// address and the system's reason.
  static Result<std::unique_ptr<ListenSocket>> open(
      const ListenAddress& address);

  ListenSocket(const ListenSocket&) = delete;
  ListenSocket& operator=(const ListenSocket&) = delete;
  ~ListenSocket();

  int descriptor() const { return socket_.get(); }

  /// As asked for, with the port that the kernel chose.
  const ListenAddress& address() const { return address_; }

 private:
  ListenSocket() = default;

  UniqueFd socket_;
  ListenAddress address_;
  dev_t device_ = 0;  ///< of the file of a unix socket
  ino_t inode_ = 0;
};

}  // namespace openclaw_lock
