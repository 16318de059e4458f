// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/inotify_hub.h"

#include <sys/inotify.h>

#include <algorithm>
#include <utility>

namespace openclaw_lock {

InotifyHub::InotifyHub(WallClock clock) : clock_{std::move(clock)} {
  make_instance();
}

bool InotifyHub::make_instance() {
  if (inotify_) return true;
  auto inotify = Inotify::create();
  if (inotify) {
    inotify_.emplace(std::move(*inotify));
    obstacle_.reset();
  } else {
    obstacle_ = inotify.problem();
  }
  return inotify_.has_value();
}

InotifyHub::Owner InotifyHub::add_owner(std::function<void()> wake) {
  const std::lock_guard guard{mutex_};
  const auto owner = next_owner_++;
  listeners_[owner].wake = std::move(wake);
  return owner;
}

void InotifyHub::remove_owner(Owner owner) {
  const std::lock_guard guard{mutex_};
  listeners_.erase(owner);
  for (auto watch = owners_.begin(); watch != owners_.end();) {
    std::erase(watch->second, owner);
    if (watch->second.empty()) {
      inotify_->remove(watch->first);
      watch = owners_.erase(watch);
    } else {
      ++watch;
    }
  }
}

Result<int> InotifyHub::watch(Owner owner, const std::string& directory,
                              std::uint32_t mask) {
  {
    const std::lock_guard guard{mutex_};
    if (!make_instance()) return *obstacle_;
    ++being_made_;
  }
  // IN_MASK_ADD: another owner may want to know other things of it.
  const auto number = inotify_->watch(directory, mask | IN_MASK_ADD);
  const std::lock_guard guard{mutex_};
  --being_made_;
  if (number) {
    auto& owners = owners_[*number];
    if (std::ranges::find(owners, owner) == owners.end())
      owners.push_back(owner);
    for (const auto& event : unclaimed_)
      if (event.watch == *number) give(owner, event);
    std::erase_if(unclaimed_,
                  [&](const Event& event) { return event.watch == *number; });
  }
  if (being_made_ == 0) unclaimed_.clear();
  return number;
}

void InotifyHub::unwatch(Owner owner, int watch) {
  const std::lock_guard guard{mutex_};
  const auto found = owners_.find(watch);
  if (found == owners_.end()) return;
  std::erase(found->second, owner);
  if (!found->second.empty()) return;
  inotify_->remove(watch);
  owners_.erase(found);
}

void InotifyHub::give(Owner owner, Event event) {
  const auto found = listeners_.find(owner);
  if (found == listeners_.end()) return;
  auto& events = found->second.events;
  if (events.empty()) touched_.push_back(owner);
  if (events.size() < kMaxKept)
    events.push_back(std::move(event));
  else if (events.size() == kMaxKept)
    events.push_back({-1, IN_Q_OVERFLOW, {}, event.at});
}

void InotifyHub::hand_out(const InotifyEvent& event, WallTime at) {
  Event kept{event.watch, event.mask, std::string{event.name}, at};
  if ((event.mask & IN_Q_OVERFLOW) != 0) {
    for (const auto& [owner, listener] : listeners_) give(owner, kept);
    return;
  }
  const auto found = owners_.find(event.watch);
  if (found == owners_.end()) {
    if (being_made_ > 0 && unclaimed_.size() < kMaxKept)
      unclaimed_.push_back(std::move(kept));
    return;
  }
  for (const auto owner : found->second) give(owner, kept);
  if ((event.mask & IN_IGNORED) != 0) owners_.erase(found);
}

void InotifyHub::drain_locked(std::vector<std::function<void()>>& wakes) {
  if (!inotify_) return;
  const auto at = clock_();
  inotify_->drain([&](const InotifyEvent& event) { hand_out(event, at); });
  for (const auto owner : std::exchange(touched_, {})) {
    const auto found = listeners_.find(owner);
    if (found == listeners_.end() || found->second.told) continue;
    found->second.told = true;
    wakes.push_back(found->second.wake);
  }
}

void InotifyHub::drain() {
  std::vector<std::function<void()>> wakes;
  {
    const std::lock_guard guard{mutex_};
    drain_locked(wakes);
  }
  for (const auto& wake : wakes) wake();
}

std::vector<InotifyHub::Event> InotifyHub::take(Owner owner) {
  drain();
  const std::lock_guard guard{mutex_};
  const auto found = listeners_.find(owner);
  if (found == listeners_.end()) return {};
  found->second.told = false;
  return std::exchange(found->second.events, {});
}

int InotifyHub::descriptor() const {
  const std::lock_guard guard{mutex_};
  return inotify_ ? inotify_->descriptor() : -1;
}

}  // namespace openclaw_lock
