// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "exporter/readers/disk/stall_reader.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// The thread that looks at the processes of all gateways ten times a second,
/// more seldom where that would take more than a fiftieth of one core's time,
/// and shows each interval what it saw.
class StallSampler {
 public:
  StallSampler(std::filesystem::path procfs, SourceTiming timing);

  /// What to look at from now on.
  void watch(GatewayProcesses processes);

  const Source<StallReport>& source() const { return *source_; }

  void request_stop() { thread_.request_stop(); }
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  struct Orders {
    std::mutex mutex;
    std::optional<GatewayProcesses> processes;  ///< empty: as before
  };

  std::shared_ptr<Source<StallReport>> source_;
  std::shared_ptr<Orders> orders_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
