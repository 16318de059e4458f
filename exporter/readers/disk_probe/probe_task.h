// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/disk_probe/disk_probe.h"
#include "exporter/sampling/source_task.h"

namespace openclaw_lock {

/// Probes the file system of one gateway's state directory (time_synced_write):
/// at once, then each interval, less often while it is slow. It writes, so it
/// belongs to a scheduler of its own.
class ProbeTask : public SourceTask<ProbeHistogram> {
 public:
  ProbeTask(const std::string& gateway, const std::string& home,
            std::string state_dir, std::chrono::milliseconds interval);

  MonotonicTime run(MonotonicTime now) override;

 private:
  const std::string state_dir_;
  const std::chrono::milliseconds interval_;
  ProbeHistogram seen_;
};

}  // namespace openclaw_lock
