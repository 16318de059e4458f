// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "exporter/sampling/reader_thread.h"
#include "exporter/service/notify_socket.h"

namespace openclaw_lock {

/// What is asked to tell the service manager. May hang: then nothing is told.
struct ServiceState {
  std::function<bool()> ready;
  std::function<bool()> lives;          ///< asked for each sign of life
  std::function<std::string()> status;  ///< one line for people
};

/// How often it is looked whether there is something to tell.
struct ServiceTiming {
  std::chrono::milliseconds until_ready{50};
  std::chrono::milliseconds status{10000};
  /// Nothing: no signs of life are wanted. Four are given in this span.
  std::optional<std::chrono::microseconds> watchdog;
};

/// A thread that tells the service manager READY=1 once the exporter is ready,
/// then WATCHDOG=1 as long as it can be shown to live, and STATUS= when that
/// changes.
class ServiceReporter {
 public:
  ServiceReporter(std::shared_ptr<const NotifySocket> socket,
                  ServiceState state, ServiceTiming timing);

  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  ReaderThread thread_;
};

}  // namespace openclaw_lock
