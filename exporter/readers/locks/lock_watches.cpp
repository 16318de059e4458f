// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/lock_watches.h"

#include <sys/inotify.h>

#include <utility>

namespace openclaw_lock {
namespace {

constexpr std::uint32_t kSessionMask = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE |
                                       IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                       IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kStructureMask =
    IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kGoneMask =
    IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

}  // namespace

LockWatches::LockWatches(std::shared_ptr<InotifyHub> hub,
                         std::function<void()> wake)
    : hub_{std::move(hub)}, owner_{hub_->add_owner(std::move(wake))} {}

LockWatches::~LockWatches() { hub_->remove_owner(owner_); }

bool LockWatches::add(const std::string& path, std::uint32_t mask,
                      int directory) {
  const auto number = hub_->watch(owner_, path, mask);
  if (!number) {
    if (number.problem().fault == Fault::io)
      obstacle_ = Problem{Fault::io, "inotify", number.problem().detail};
    return false;
  }
  auto& target = targets_[*number];
  target.path = path;
  if (directory >= 0 || target.directory < 0) target.directory = directory;
  if (directory >= 0)
    sessions_[directory] = *number;
  else
    structure_[path] = *number;
  return true;
}

std::optional<Problem> LockWatches::take_obstacle() {
  auto obstacle = std::exchange(obstacle_, {});
  const bool told = std::exchange(told_obstacle_, obstacle.has_value());
  return told ? std::nullopt : obstacle;
}

bool LockWatches::watch_sessions(int directory, const std::string& path) {
  return sessions_.contains(directory) || add(path, kSessionMask, directory);
}

bool LockWatches::watch_structure(const std::string& path) {
  return structure_.contains(path) || add(path, kStructureMask, -1);
}

void LockWatches::forget_sessions(int directory) {
  const auto number = sessions_.find(directory);
  if (number == sessions_.end()) return;
  targets_.erase(number->second);
  hub_->unwatch(owner_, number->second);
  sessions_.erase(number);
}

LockWatches::Event LockWatches::interpret(InotifyHub::Event event) {
  if ((event.mask & IN_Q_OVERFLOW) != 0)
    return {Meaning::lost, 0, std::move(event)};
  const auto target = targets_.find(event.watch);
  if (target == targets_.end()) return {Meaning::nothing, 0, std::move(event)};
  const int directory = target->second.directory;
  if ((event.mask & kGoneMask) != 0) {
    structure_.erase(target->second.path);
    if (directory >= 0) sessions_.erase(directory);
    targets_.erase(target);
    return {Meaning::structure, 0, std::move(event)};
  }
  if ((event.mask & IN_ISDIR) != 0)
    return {Meaning::structure, 0, std::move(event)};
  if (directory < 0) return {Meaning::entry, 0, std::move(event)};
  return {Meaning::session_file, directory, std::move(event)};
}

void LockWatches::drain(const std::function<void(const Event&)>& visit) {
  for (auto& event : hub_->take(owner_)) visit(interpret(std::move(event)));
}

}  // namespace openclaw_lock
