// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace openclaw_lock {

/// One thread for as long as it lives.
struct ThreadIdentity {
  int id = 0;
  std::uint64_t process_start_ticks = 0;

  auto operator<=>(const ThreadIdentity&) const = default;
};

/// Adds up the block I/O delay of threads that come and go; what a thread
/// waited after the last look at it is lost.
class DelayLedger {
 public:
  /// Ticks of each thread that is there now.
  void observe(std::map<ThreadIdentity, std::uint64_t> threads) {
    if (!threads.empty() && !total_) total_.emplace();
    for (const auto& [thread, ticks] : threads) {
      const auto before = last_.find(thread);
      const bool same = before != last_.end() && before->second <= ticks;
      *total_ += same ? ticks - before->second : ticks;
    }
    last_ = std::move(threads);
  }

  /// Empty before the first thread.
  const std::optional<std::uint64_t>& total() const { return total_; }

 private:
  std::map<ThreadIdentity, std::uint64_t> last_;
  std::optional<std::uint64_t> total_;
};

}  // namespace openclaw_lock
