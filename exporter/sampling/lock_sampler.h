// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exporter/readers/locks/lock_reader.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that reads one gateway's locks: a round each interval, sooner
/// where events call for it, and the events in between.
class LockSampler : public SamplerOf<LockFacts> {
 public:
  LockSampler(const std::string& gateway, LockReaderSettings settings,
              LockReader::Census census, SourceTiming timing);

  /// Its extra session directories are others from the next round on.
  void watch(std::vector<std::string> session_dirs) {
    orders_->put(std::move(session_dirs));
  }

 private:
  using Orders = Inbox<std::vector<std::string>>;

  LockSampler(const std::string& gateway, LockReaderSettings settings,
              LockReader::Census census, SourceTiming timing,
              std::shared_ptr<Orders> orders);

  std::shared_ptr<Orders> orders_;
};

}  // namespace openclaw_lock
