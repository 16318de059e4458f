// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "exporter/system/unique_fd.h"

namespace openclaw_lock {

/// A system call that readers are not known to need: it belongs into
/// reader_calls.cpp, or is an intruder's.
struct RefusedCall {
  std::string name;  ///< `unknown` where the library is older
  int number = 0;

  bool operator==(const RefusedCall&) const = default;
};

/// Answers such calls with EPERM. A thread of its own, confined to doing
/// nothing else, and never waited for. It takes no lock that the one who waits
/// for the answer could hold, the allocator's included: who wants to know what
/// was refused has to ask.
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

  /// What was refused and not returned before; each once.
  std::vector<RefusedCall> take();

 private:
  static constexpr std::size_t kNumbers = 1024;  ///< the last is all beyond
  using Refused = std::array<std::atomic<bool>, kNumbers>;

  static void answer_all(const UniqueFd& listener, Refused& refused);

  const std::shared_ptr<Refused> refused_ = std::make_shared<Refused>();
  std::bitset<kNumbers> told_;
  std::promise<UniqueFd> listener_;
  bool begun_ = false;
};

}  // namespace openclaw_lock
