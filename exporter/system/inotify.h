// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/result.h"
#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// One event of inotify(7).
struct InotifyEvent {
  int watch = -1;          ///< -1 with IN_Q_OVERFLOW
  std::uint32_t mask = 0;  ///< IN_*
  std::string_view
      name;  ///< of the file in the watched directory; may be empty
};

/// The right to one inotify instance, for as long as it lives. The kernel
/// allows a user 128 of them by default (fs.inotify.max_user_instances,
/// inotify(7)), and OpenClaw, which may be of the same user, needs some: this
/// process takes at most half of them, those of libraries included.
class InotifySlot {
 public:
  static Result<std::unique_ptr<InotifySlot>> take();

  InotifySlot(const InotifySlot&) = delete;
  InotifySlot& operator=(const InotifySlot&) = delete;
  ~InotifySlot();

 private:
  InotifySlot();
};

/// One inotify instance, with its slot.
class Inotify {
 public:
  static Result<Inotify> create();

  int descriptor() const { return fd_.get(); }

  /// Watches a directory; the same directory gives the same number again.
  Result<int> watch(const std::string& directory, std::uint32_t mask) const;
  void remove(int watch) const;

  /// Takes what is queued, without waiting, and calls `visit` for each event in
  /// the kernel's order. At most 16384 events a call, so that a busy directory
  /// cannot keep the caller; false where more may be waiting.
  bool drain(const std::function<void(const InotifyEvent&)>& visit) const;

 private:
  Inotify(UniqueFd fd, std::unique_ptr<InotifySlot> slot)
      : slot_{std::move(slot)}, fd_{std::move(fd)} {}

  std::unique_ptr<InotifySlot> slot_;
  UniqueFd fd_;
};

}  // namespace openclaw_lock
