// SPDX-License-Identifier: Apache-2.0
#include "core/gateways/oom_ledger.h"

#include <utility>

namespace openclaw_lock {

void OomLedger::observe(std::map<std::string, std::uint64_t> groups) {
  for (const auto& [path, now] : groups) {
    if (!total_) total_ = 0;
    const auto before = last_.find(path);
    if (before == last_.end()) continue;
    *total_ += now < before->second ? now : now - before->second;
  }
  last_ = std::move(groups);
}

}  // namespace openclaw_lock
