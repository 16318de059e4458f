// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include "exporter/readers/logs/log_reader.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// The thread that reads one gateway's logs: a round each interval, at once
/// where there is more to read.
///
/// What it shows has been stored before: an exporter that is killed goes on
/// with figures that are none below those that were scraped. Where storing
/// takes longer than the patience, they are shown all the same.
class LogSampler {
 public:
  LogSampler(const WatchedGateway& gateway, std::shared_ptr<LogStorage> storage,
             SourceTiming timing);

  /// Its logs may be others from now on.
  void watch(const WatchedGateway& gateway);

  const Source<LogReport>& source() const { return *source_; }

  void request_stop() { thread_.request_stop(); }
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  /// What is to be read, for the thread to take.
  struct Orders {
    std::mutex mutex;
    std::optional<WatchedGateway> gateway;  ///< empty: as before
  };

  std::shared_ptr<Source<LogReport>> source_;
  std::shared_ptr<Orders> orders_;
  ReaderThread thread_;

  friend class LogSamplerLoop;
};

}  // namespace openclaw_lock
