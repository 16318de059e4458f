// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "exporter/readers/disk/disk_reader.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// The thread that reads what one gateway's state directory lies on and how
/// long that was waited for, each interval.
class DiskSampler {
 public:
  DiskSampler(const std::string& gateway, DiskReaderSettings settings,
              SourceTiming timing);

  const Source<DiskReport>& source() const { return *source_; }

  void request_stop() { thread_.request_stop(); }
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  std::shared_ptr<Source<DiskReport>> source_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
