// SPDX-License-Identifier: Apache-2.0
#include "core/disk/pressure_ledger.h"

#include <algorithm>
#include <utility>

namespace openclaw_lock {
namespace {

using std::chrono::microseconds;

microseconds gain(microseconds before, microseconds now) {
  return now < before ? now : now - before;
}

}  // namespace

void PressureLedger::observe(std::map<std::string, Pressure> groups) {
  microseconds some{};
  microseconds full{};
  for (const auto& [path, now] : groups) {
    if (!total_) total_.emplace();
    if (now.full && !total_->full) total_->full.emplace();
    const auto before = last_.find(path);
    if (before == last_.end()) continue;
    some = std::max(some, gain(before->second.some, now.some));
    if (now.full && before->second.full)
      full = std::max(full, gain(*before->second.full, *now.full));
  }
  if (total_) total_->some += some;
  if (total_ && total_->full) *total_->full += full;
  last_ = std::move(groups);
}

}  // namespace openclaw_lock
