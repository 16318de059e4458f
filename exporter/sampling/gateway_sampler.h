// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "exporter/readers/gateways/gateway_reader.h"
#include "exporter/sampling/reader_thread.h"
#include "exporter/sampling/source.h"

namespace openclaw_lock {

/// The thread that looks for the processes of one gateway, each interval.
class GatewaySampler {
 public:
  GatewaySampler(const std::string& gateway, GatewayReaderSettings settings,
                 GatewayReader::Census census, SourceTiming timing);

  const Source<GatewayFacts>& source() const { return *source_; }

  void request_stop() { thread_.request_stop(); }
  /// See ReaderThread::stop.
  bool stop(std::chrono::milliseconds patience) {
    return thread_.stop(patience);
  }

 private:
  std::shared_ptr<Source<GatewayFacts>> source_;
  ReaderThread thread_;
};

}  // namespace openclaw_lock
