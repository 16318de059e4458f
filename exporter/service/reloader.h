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
#include "exporter/system/patient_calls.h"

namespace openclaw_lock {

/// Reads the configuration again and brings it into force while the exporter
/// runs: all of it, or where something is wrong, nothing. Thread-safe.
///
/// The web configuration, and what it names, is loaded again by itself when a
/// file changes: certificates are renewed without anybody telling.
///
/// A thread of its own does it, confined as the one that makes the reloader:
/// whoever asks for a reload may be confined otherwise. A file system that
/// hangs keeps it no longer than its patience; what hangs is then left behind,
/// and tried again by the next reload, or by itself for the web configuration.
class Reloader {
 public:
  /// How often it looks whether the web configuration has changed, and how long
  /// a file may take.
  struct Timing {
    std::chrono::milliseconds web_interval{1000};
    std::chrono::milliseconds patience = PatientCalls::kPatience;
  };

  /// `arguments` are those of the start; `running` is what they said;
  /// `service` is told of each reload, if it is not null.
  Reloader(std::vector<std::string> arguments, Settings running,
           std::shared_ptr<Fleet> fleet, std::shared_ptr<WebConfigFile> web,
           std::shared_ptr<const NotifySocket> service = nullptr,
           Timing timing = default_timing());

  static Timing default_timing() { return {}; }

  /// Tells our log and the metrics how it went; never throws. One at a time:
  /// another is told to come again.
  ReloadOutcome reload();

  /// The same without waiting: reading may hang. Requests that come before it
  /// has begun are one.
  void request();

 private:
  using WebRead = std::optional<WebConfigFile::Read>;

  ReloadOutcome reload_and_tell();
  ReloadOutcome try_reload();
  void tell(const ReloadOutcome& outcome) const;
  /// What is to be done without an order, and when the next time.
  std::optional<std::chrono::milliseconds> go_round();
  void look_at_gateways();
  void look_at_web(const WebConfigFile::Tried& tried);
  void bear_with_web(const Problem& problem);
  void end_hang();
  void take_web(WebRead read);
  bool web_hangs() const { return rest_.count() > 0; }

  const std::vector<std::string> arguments_;
  const Settings running_;  ///< what takes a restart is that of the start
  const std::shared_ptr<Fleet> fleet_;
  const std::shared_ptr<WebConfigFile> web_;
  const std::shared_ptr<const NotifySocket> service_;
  std::mutex mutex_;
  std::atomic<bool> requested_ = false;
  const Timing timing_;
  PatientCalls calls_;
  PatientCalls web_calls_;
  // Of the thread alone:
  MonotonicTime next_look_;
  std::chrono::milliseconds rest_{};  ///< not 0: the last look hung
  bool awaits_gateways_ = false;
  bool was_ready_ = false;
  ErrandThread reader_;
};

}  // namespace openclaw_lock
