// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/foreign_events.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace openclaw_lock {

bool ForeignEvents::is_told_by_another(const std::string& from,
                                       LogFileId origin, MonotonicTime now) {
  if (origin == LogFileId{}) return false;
  const auto known = tellers_.find(origin);
  if (known == tellers_.end()) {
    if (tellers_.size() < kMaxOrigins) tellers_[origin] = {from, now};
    return false;
  }
  auto& teller = known->second;
  if (teller.gateway != from && now - teller.at < kRest) return true;
  teller = {from, now};
  return false;
}

void ForeignEvents::forget_old(MonotonicTime now) {
  std::erase_if(tellers_, [now](const auto& entry) {
    return now - entry.second.at >= kMaxAge;
  });
  for (auto& [dir, events] : waiting_)
    std::erase_if(events, [now](const Waiting& event) {
      return now - event.since >= kMaxAge;
    });
  std::erase_if(waiting_,
                [](const auto& entry) { return entry.second.empty(); });
}

std::size_t ForeignEvents::put(const std::string& from,
                               std::vector<ForeignEvent> events,
                               MonotonicTime now) {
  if (events.empty()) return 0;
  const std::lock_guard guard{mutex_};
  forget_old(now);
  std::size_t lost = 0;
  for (auto& event : events) {
    if (is_told_by_another(from, event.origin, now)) continue;
    auto& waiting = waiting_[event.dir];
    if (waiting.size() < kMaxWaiting)
      waiting.push_back({now, std::move(event)});
    else
      ++lost;
  }
  return lost;
}

std::vector<ForeignEvent> ForeignEvents::take(
    const std::vector<std::string>& dirs, MonotonicTime before) {
  std::vector<ForeignEvent> taken;
  const std::lock_guard guard{mutex_};
  if (waiting_.empty()) return taken;
  for (const auto& dir : dirs) {
    const auto found = waiting_.find(dir);
    if (found == waiting_.end()) continue;
    auto& events = found->second;
    const auto rest = std::ranges::find_if(
        events,
        [before](const Waiting& event) { return event.since >= before; });
    for (auto event = events.begin(); event != rest; ++event)
      taken.push_back(std::move(event->event));
    events.erase(events.begin(), rest);
    if (events.empty()) waiting_.erase(found);
  }
  return taken;
}

}  // namespace openclaw_lock
