// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exporter/readers/logs/log_reader.h"
#include "exporter/sampling/log_storage.h"
#include "exporter/sampling/sampler.h"

namespace openclaw_lock {

/// The thread that reads one gateway's logs: a round each interval, at once
/// where there is more to read.
///
/// What it shows has been stored before: an exporter that is killed goes on
/// with figures that are none below those that were scraped. Where storing
/// takes longer than the patience, they are shown all the same.
class LogSampler : public SamplerOf<LogFacts> {
 public:
  LogSampler(const WatchedGateway& gateway, std::shared_ptr<LogStorage> storage,
             SourceTiming timing);

  /// Its logs may be others from now on.
  void watch(const WatchedGateway& gateway) { orders_->put(gateway); }

 private:
  using Orders = Inbox<WatchedGateway>;

  LogSampler(const WatchedGateway& gateway, std::shared_ptr<LogStorage> storage,
             SourceTiming timing, std::shared_ptr<Orders> orders);

  std::shared_ptr<Orders> orders_;
};

}  // namespace openclaw_lock
