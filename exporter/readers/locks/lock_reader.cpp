// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/locks/lock_reader.h"

#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/procfs/filesystem_type.h"
#include "exporter/system/file.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {

LockReader::LockReader(LockReaderSettings settings, Census census,
                       WallClock clock, std::shared_ptr<InotifyHub> hub,
                       std::function<void()> wake)
    : settings_{std::move(settings)},
      census_{std::move(census)},
      clock_{std::move(clock)},
      watches_{hub ? std::move(hub) : std::make_shared<InotifyHub>(clock_),
               std::move(wake)},
      ledger_{kMaxLocks} {
  if (!settings_.mounts) settings_.mounts = mount_views_of(settings_.procfs);
}

void LockReader::take_directories() {
  std::set<DirectoryIdentity> present;
  for (const auto& sessions : state_.sessions) {
    present.insert(sessions.identity);
    const auto label = labels_.label(sessions.agent);
    auto [entry, is_new] = directories_.try_emplace(sessions.identity);
    auto& directory = entry->second;
    directory.facts = sessions;
    if (!is_new && directory.label == label) continue;
    // Of another agent by now; its locks were not taken under our eyes.
    if (!is_new) forget(directory);
    directory.number = next_number_++;
    directory.label = label;
    directory.preexisting = !is_new || !looked_before_;
    by_number_[directory.number] = sessions.identity;
    for (const auto kind : kSessionLockKinds)
      ledger_.add_series({directory.label, kind});
  }
  if (!state_.readable) return;
  std::erase_if(directories_, [&](const auto& entry) {
    if (present.contains(entry.first)) return false;
    forget(entry.second);
    return true;
  });
}

void LockReader::forget(const Directory& directory) {
  ledger_.forget(directory.number);
  watches_.forget_sessions(directory.number);
  by_number_.erase(directory.number);
}

void LockReader::watch_directories() {
  bool all = true;
  structure_followed_ = true;
  for (const auto& path : state_.structure)
    structure_followed_ = settings_.gate(path) &&
                          watches_.watch_structure(path) && structure_followed_;
  for (auto& [identity, directory] : directories_) {
    const Mount* mount =
        find_mount(*view_.mounts, view_.inner(directory.facts.path));
    // Other hosts' changes to a network file system give no events.
    const bool may_watch = mount && is_local_filesystem(mount->filesystem) &&
                           settings_.gate(directory.facts.path);
    directory.followed =
        may_watch &&
        watches_.watch_sessions(directory.number, directory.facts.path);
    all = all && directory.followed;
  }
  report_.followed = all && watches_.descriptor() >= 0;
}

Result<UniqueFd> LockReader::open(const Directory& directory) const {
  const auto& path = directory.facts.path;
  if (settings_.gate(path)) return open_directory(path);
  return shut_gate(path);
}

std::optional<HolderVerdict> LockReader::judge(
    const Directory& directory, const ScannedLock& lock,
    DirectoryVisibility& visibility, const ProcessTable& table) const {
  // A zone that is not named is no proof.
  const auto taken = lock.claim->created_in_local_time
                         ? lock.modified_at
                         : acquired_at(lock.claim, lock.modified_at, clock_());
  // OpenClaw closes the lock of a session store as soon as it is written.
  const bool stays_open = lock_kind(lock.name) == LockKind::session;
  auto evidence = visibility.gather(
      *lock.claim, table,
      stays_open ? std::optional{FileKey{directory.facts.identity.device,
                                         lock.identity.inode}}
                 : std::nullopt);
  evidence.local_filesystem = is_local_filesystem(visibility.filesystem());
  const LockPlace place{directory.number, lock.name};
  evidence.seen_alive = ledger_.seen_alive(place, *lock.claim);
  evidence.seen_nested = ledger_.seen_nested(place, *lock.claim);
  evidence.lock_unchanged = true;
  const auto verdict = judge_holder(*lock.claim, taken, evidence);
  if (verdict.holder != Holder::dead && verdict.holder != Holder::recycled)
    return verdict;
  const auto handle = open(directory);
  const auto again =
      handle ? stat_lock_file(*handle, lock.name) : handle.problem();
  if (again && again->identity == lock.identity) return verdict;
  if (!again && again.problem().fault == Fault::missing) return {};
  evidence.lock_unchanged = false;
  return judge_holder(*lock.claim, taken, evidence);
}

/// One is enough for all locks of a directory.
void LockReader::add_obstacle(Directory& directory, Fault obstacle) {
  if (!directory.obstacles.insert(obstacle).second) return;
  ++report_.holder_problems[static_cast<std::size_t>(obstacle)];
  holder_problems_.push_back(
      {obstacle, directory.facts.path,
       "holders cannot be judged: " + std::string{why_unknown(obstacle)}});
}

void LockReader::add_judged(Directory& directory, const ScannedLock& lock,
                            const HolderVerdict& verdict) {
  if (verdict.obstacle) add_obstacle(directory, *verdict.obstacle);
  ledger_.judged({directory.number, lock.name}, verdict);
  const auto kind = lock_kind(lock.name);
  if (!kind) return;
  if (*kind == LockKind::session && verdict.holder == Holder::unknown)
    snapshot_.writers_known = false;
  if (*kind == LockKind::session && verdict.holder == Holder::alive)
    snapshot_.writers.emplace(lock.claim->pid.value_or(0),
                              lock.claim->start_ticks.value_or(0));
  snapshot_.locks.push_back(
      {{directory.label, *kind},
       verdict,
       acquired_at(lock.claim, lock.modified_at, clock_()),
       lock.claim ? lock.claim->max_hold : std::nullopt,
       directory.facts.path + '/' + lock.name,
       lock.claim ? lock.claim->pid : std::nullopt});
}

void LockReader::judge_directory(Directory& directory, const MountView& view,
                                 const ProcessTable* table) {
  directory.obstacles.clear();
  DirectoryVisibility visibility{
      settings_.procfs, *view.mounts, view.inner(directory.facts.path),
      directory.facts.identity.device, directory.facts.identity.inode};
  if (!settings_.gate(directory.facts.path)) table = nullptr;
  for (const auto& lock : directory.found.locks) {
    std::optional<HolderVerdict> verdict = HolderVerdict{};
    if (!table && census_ && lock.claim && lock.claim->pid)
      verdict->obstacle = Fault::timeout;
    else if (table && lock.claim)
      verdict = judge(directory, lock, visibility, *table);
    if (verdict) add_judged(directory, lock, *verdict);
  }
}

bool LockReader::may_keep_walk() const {
  constexpr std::chrono::seconds kLongest{60};
  const auto now = clock_();
  struct stat found {};
  return !rescan_ && !entry_came_ && structure_followed_ && report_.followed &&
         state_.readable && state_.problems.empty() &&
         settings_.session_dirs.empty() && !settings_.named_dirs &&
         now >= walked_at_ && now - walked_at_ < kLongest &&
         std::ranges::all_of(directories_,
                             [](const auto& entry) {
                               const auto& last = entry.second.found;
                               return last.complete && last.locks.empty();
                             }) &&
         ::stat(settings_.state_dir.c_str(), &found) == 0 &&
         DirectoryIdentity{found.st_dev, found.st_ino} == state_identity_;
}

bool LockReader::has_leftovers() const {
  return std::ranges::any_of(directories_, [](const auto& entry) {
    return entry.second.found.leftover_files > 0;
  });
}

void LockReader::walk() {
  walked_at_ = clock_();
  struct stat found {};
  state_identity_ = {};
  if (::stat(settings_.state_dir.c_str(), &found) == 0)
    state_identity_ = {found.st_dev, found.st_ino};
  state_ = read_state_directory(settings_.state_dir, settings_.session_dirs,
                                settings_.root, settings_.gate,
                                settings_.named_dirs);
  take_directories();
  watch_directories();
  // A thousand gateways would keep them twice.
  state_.sessions = {};
  state_.structure = {};
}

bool LockReader::read() {
  round_ = {};
  snapshot_ = {};
  holder_problems_.clear();
  follow();
  view_ = settings_.mounts(settings_.state_dir);
  if (!may_keep_walk()) {
    rescan_ = entry_came_ = false;
    walk();
  } else if (has_leftovers()) {
    state_.sqlite_gateway_at = newest_sqlite_gateway(
        settings_.state_dir, settings_.root, settings_.gate);
  }
  round_.problems = state_.problems;
  round_.success = state_.readable;
  snapshot_.writers_known = state_.readable;
  if (auto obstacle = watches_.take_obstacle())
    round_.problems.push_back(*std::move(obstacle));

  ledger_.begin_scan();
  const bool any_claim = list_directories();
  follow();
  reconcile();
  ledger_.end_scan();
  looked_before_ = looked_before_ || state_.readable;
  return any_claim;
}

RoundResult LockReader::judge(const ProcessTable* table) {
  for (auto& [identity, directory] : directories_)
    if (directory.found.complete) judge_directory(directory, view_, table);
  ledger_.end_judgement();
  ledger_.settle(clock_());
  report_.totals = ledger_.totals();
  report_.snapshot.reset();
  if (state_.opened)
    report_.snapshot =
        std::make_shared<const LockSnapshot>(std::move(snapshot_));
  return std::move(round_);
}

RoundResult LockReader::round() {
  const bool any_claim = read();
  const auto table = any_claim && census_ ? census_() : nullptr;
  return judge(table.get());
}

bool LockReader::list_directories() {
  bool any_claim = false;
  for (auto& [identity, directory] : directories_) {
    auto& found = directory.found;
    const auto& path = directory.facts.path;
    if (settings_.gate(path))
      found = directory.scan.scan(path, directory.followed,
                                  state_.sqlite_gateway_at, clock_);
    else
      found = {};
    snapshot_.writers_known = snapshot_.writers_known && found.complete;
    round_.success = round_.success && found.complete;
    // What the walk could not list is told already.
    for (const auto& problem : found.problems)
      if (std::ranges::none_of(state_.problems, [&](const Problem& told) {
            return told.where == problem.where;
          }))
        round_.problems.push_back(problem);
    snapshot_.leftover_files += found.leftover_files;
    any_claim = any_claim || std::any_of(found.locks.begin(), found.locks.end(),
                                         [](const auto& lock) {
                                           return lock.claim && lock.claim->pid;
                                         });
  }
  return any_claim;
}

void LockReader::reconcile() {
  std::set<std::string> incomplete;
  for (const auto& agent : state_.incomplete_agents)
    incomplete.insert(labels_.label(agent));
  for (auto& [identity, directory] : directories_) {
    if (!directory.found.complete) {
      incomplete.insert(directory.label);
      continue;
    }
    ledger_.reconcile(directory.number, directory.label, directory.found.locks,
                      directory.preexisting, clock_());
    directory.preexisting = false;
    snapshot_.agents.insert(directory.label);
  }
  for (const auto& label : incomplete) snapshot_.agents.erase(label);
}

void LockReader::handle_file(Directory& directory,
                             const InotifyHub::Event& event) {
  const auto kind = lock_kind(event.name);
  if (!kind) return;
  const auto now = event.at;
  const LockPlace place{directory.number, event.name};
  if ((event.mask & IN_CREATE) != 0)
    ledger_.created(place, {directory.label, *kind}, now);
  if ((event.mask & IN_MOVED_TO) != 0)
    ledger_.moved_in(place, {directory.label, *kind}, now);
  if ((event.mask & (IN_MODIFY | IN_MOVED_TO)) != 0 &&
      ledger_.wants_claim(place)) {
    const auto handle = open(directory);
    const auto file =
        handle ? read_lock_file(*handle, place.name) : handle.problem();
    if (file)
      ledger_.written(place, file->identity,
                      file->claim ? std::optional{*file->claim} : std::nullopt);
  }
  if ((event.mask & IN_CLOSE_WRITE) != 0) ledger_.closed(place, now);
  if ((event.mask & (IN_DELETE | IN_MOVED_FROM)) != 0)
    ledger_.deleted(place, now);
}

void LockReader::handle(const LockWatches::Event& event) {
  switch (event.meaning) {
    case LockWatches::Meaning::session_file: {
      const auto number = by_number_.find(event.directory);
      if (number == by_number_.end()) return;
      handle_file(directories_.at(number->second), event.inotify);
      return;
    }
    case LockWatches::Meaning::lost:
      ++report_.watch_lost;
      ledger_.lost_events();
      rescan_ = true;
      return;
    case LockWatches::Meaning::structure:
      rescan_ = true;
      return;
    case LockWatches::Meaning::entry:
      entry_came_ = true;
      return;
    case LockWatches::Meaning::nothing:
      return;
  }
}

void LockReader::follow() {
  watches_.drain([this](const LockWatches::Event& event) { handle(event); });
  ledger_.settle(clock_());
  report_.totals = ledger_.totals();
}

bool LockReader::wants_round(WallTime now) const {
  return rescan_ || ledger_.wants_judgement(now);
}

}  // namespace openclaw_lock
