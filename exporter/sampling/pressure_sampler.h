// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "core/disk/pressure.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// The thread that reads one pressure file each interval. Its value is null
/// where the kernel keeps no such figures, which is no failure.
class PressureSampler {
 public:
  PressureSampler(std::filesystem::path file, SourceTiming timing);

  const Source<Pressure>& source() const { return *source_; }

  void request_stop() { thread_.request_stop(); }
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  std::shared_ptr<Source<Pressure>> source_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
