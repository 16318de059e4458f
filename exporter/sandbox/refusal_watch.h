// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>

#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// Answers system calls that readers are not known to need with EPERM, and
/// writes one line to our log for each number: what it names belongs into
/// reader_calls.cpp, or is an intruder's. A thread of its own, confined to
/// doing nothing else, and never waited for.
class RefusalWatch {
 public:
  /// Throws std::runtime_error where no thread can be made.
  RefusalWatch();
  RefusalWatch(const RefusalWatch&) = delete;
  RefusalWatch& operator=(const RefusalWatch&) = delete;
  ~RefusalWatch();

  /// From now on; `listener` is that of allow_reader_calls. Empty: there is
  /// nothing to answer.
  void begin(UniqueFd listener);

 private:
  std::promise<UniqueFd> listener_;
  bool begun_ = false;
};

}  // namespace openclaw_lock
