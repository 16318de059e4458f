// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "exporter/sampling/reader_thread.h"

namespace openclaw_lock {

/// A thread that writes a file anew each interval (see write_atomically). Tells
/// our log once that it cannot, and once that it can again.
class TextfileWriter {
 public:
  TextfileWriter(std::filesystem::path file, std::chrono::milliseconds interval,
                 std::function<std::string()> text);

  /// Tells our log, once, where the file system hangs: the writer cannot.
  void tell_hang();

  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  struct State;

  std::shared_ptr<State> state_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
