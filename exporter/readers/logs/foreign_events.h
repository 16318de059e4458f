// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/monotonic_time.h"
#include "core/logs/log_intake.h"

namespace openclaw_lock {

/// Events that the log of one gateway tells of another, on their way to that
/// one's log reader. Thread-safe.
///
/// Where several gateways read the same log, what the first of them hands over
/// is taken, until it hands over nothing from there for kRest.
class ForeignEvents {
 public:
  static constexpr std::size_t kMaxWaiting = 1024;  ///< for one gateway
  static constexpr std::size_t kMaxOrigins = 1024;
  static constexpr std::chrono::minutes kRest{1};
  /// Nobody takes them any more.
  static constexpr std::chrono::minutes kMaxAge{10};

  /// `from`: the gateway whose logs tell of them. The number of those that were
  /// lost because nobody had taken kMaxWaiting.
  std::size_t put(const std::string& from, std::vector<ForeignEvent> events,
                  MonotonicTime now);

  /// Those in one of `dirs` that were put before `before`, oldest first.
  std::vector<ForeignEvent> take(const std::vector<std::string>& dirs,
                                 MonotonicTime before);

 private:
  struct Waiting {
    MonotonicTime since{};
    ForeignEvent event;
  };
  struct Teller {
    std::string gateway;
    MonotonicTime at{};
  };

  bool is_told_by_another(const std::string& from, LogFileId origin,
                          MonotonicTime now);
  void forget_old(MonotonicTime now);

  std::mutex mutex_;
  std::map<std::string, std::vector<Waiting>> waiting_;  ///< by directory
  std::map<LogFileId, Teller> tellers_;
};

}  // namespace openclaw_lock
