// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/monotonic_time.h"
#include "exporter/config/settings.h"
#include "exporter/fleet/fleet.h"
#include "exporter/http/access/web_config_file.h"
#include "exporter/http/pages/endpoints.h"
#include "exporter/sandbox/errand_thread.h"
#include "exporter/service/notify_socket.h"

namespace openclaw_lock {

/// Reads the configuration again and brings it into force while the exporter
/// runs: all of it, or where something is wrong, nothing. Thread-safe.
///
/// The web configuration, and what it names, is loaded again by itself when a
/// file changes: certificates are renewed without anybody telling.
///
/// A thread of its own reads, confined as the one that makes the reloader:
/// whoever asks for a reload may be confined otherwise.
class Reloader {
 public:
  /// Between looks whether the web configuration has changed.
  static constexpr std::chrono::milliseconds kWebInterval{1000};

  /// `arguments` are those of the start; `running` is what they said;
  /// `service` is told of each reload, if it is not null.
  Reloader(std::vector<std::string> arguments, Settings running,
           std::shared_ptr<Fleet> fleet, std::shared_ptr<WebConfigFile> web,
           std::shared_ptr<const NotifySocket> service = nullptr,
           std::chrono::milliseconds web_interval = kWebInterval);

  /// Tells our log and the metrics how it went. One at a time: another is told
  /// to come again.
  ReloadOutcome reload();

  /// The same without waiting: reading may hang. Requests that come before it
  /// has begun are one.
  void request();

 private:
  ReloadOutcome reload_and_tell();
  ReloadOutcome try_reload();
  std::optional<std::chrono::milliseconds> look_at_web();

  const std::vector<std::string> arguments_;
  const Settings running_;  ///< what takes a restart is that of the start
  const std::shared_ptr<Fleet> fleet_;
  const std::shared_ptr<WebConfigFile> web_;
  const std::shared_ptr<const NotifySocket> service_;
  std::mutex mutex_;
  std::atomic<bool> requested_ = false;
  const std::chrono::milliseconds web_interval_;
  MonotonicTime next_look_;
  bool was_ready_ = false;
  ErrandThread reader_;
};

}  // namespace openclaw_lock
