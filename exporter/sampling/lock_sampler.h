// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "exporter/readers/locks/lock_reader.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// The thread that reads one gateway's locks: a round each interval, sooner
/// where events call for it, and the events in between.
class LockSampler {
 public:
  LockSampler(const std::string& gateway, LockReaderSettings settings,
              LockReader::Census census, SourceTiming timing);

  const Source<LockReport>& source() const { return *source_; }

  void request_stop() { thread_.request_stop(); }
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  std::shared_ptr<Source<LockReport>> source_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
