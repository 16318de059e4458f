// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/lock_reader.h"

#include <sys/inotify.h>

#include <algorithm>

#include "core/procfs/filesystem_type.h"
#include "exporter/clock.h"
#include "exporter/readers/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxLocks = 65536;
/// A holder creates the lock, then writes it.
constexpr std::chrono::milliseconds kWritingGrace{5000};

Problem at_lock(const Problem& problem, const SessionDirectory& directory,
                std::uint64_t inode) {
  auto where = directory.path;
  if (inode != 0) where += " inode " + std::to_string(inode);
  return {problem.fault, std::move(where), "lock file: " + problem.detail};
}

std::string why_unknown(Fault obstacle) {
  std::string text = "holders cannot be judged: ";
  if (obstacle == Fault::denied) text += "not all processes can be read";
  if (obstacle == Fault::timeout) text += "the process table is not answering";
  if (obstacle == Fault::pid_namespace)
    text += "they may run where this exporter cannot see them";
  return text;
}

}  // namespace

LockReader::LockReader(LockReaderSettings settings, Census census)
    : settings_{std::move(settings)},
      census_{std::move(census)},
      ledger_{kMaxLocks} {}

void LockReader::take_directories(const StateDirectory& state) {
  std::set<DirectoryIdentity> present;
  for (const auto& sessions : state.sessions) {
    present.insert(sessions.identity);
    auto [entry, is_new] = directories_.try_emplace(sessions.identity);
    auto& directory = entry->second;
    directory.facts = sessions;
    directory.found.clear();
    if (!is_new) continue;
    directory.number = next_number_++;
    directory.label = labels_.label(sessions.agent);
    directory.preexisting = !looked_before_;
    by_number_[directory.number] = sessions.identity;
    for (const auto kind : kLockKinds)
      ledger_.add_series({directory.label, kind});
  }
  if (!state.readable) return;
  std::erase_if(directories_, [&](const auto& entry) {
    if (present.contains(entry.first)) return false;
    ledger_.forget(entry.second.number);
    watches_.forget_sessions(entry.second.number);
    by_number_.erase(entry.second.number);
    return true;
  });
}

void LockReader::watch_directories(const StateDirectory& state,
                                   const MountView& view) {
  bool all = true;
  for (const auto& path : state.structure) watches_.watch_structure(path);
  for (auto& [identity, directory] : directories_) {
    const Mount* mount =
        find_mount(view.mounts, view.inner(directory.facts.path));
    // Other hosts' changes to a network file system give no events.
    const bool may_watch = mount && is_local_filesystem(mount->filesystem);
    all = may_watch &&
          watches_.watch_sessions(directory.number, directory.facts.path) &&
          all;
  }
  report_.followed = all && watches_.descriptor() >= 0;
}

void LockReader::read_lock(const UniqueFd& handle, const std::string& name,
                           Directory& directory, const StateDirectory& state,
                           std::map<std::string, LockFile>& files,
                           RoundResult& round) {
  auto file = stat_lock_file(handle, name);
  const auto known = directory.files.find(name);
  const bool unchanged = file && known != directory.files.end() &&
                         known->second.identity == file->identity &&
                         known->second.size == file->size &&
                         known->second.claim;
  if (unchanged)
    file = known->second;
  else if (file)
    file = read_lock_file(handle, name);
  if (!file) {
    if (file.problem().fault != Fault::missing)
      round.problems.push_back(at_lock(file.problem(), directory.facts, 0));
    return;
  }
  const auto now = wall_time_now();
  const std::optional<LockClaim> claim =
      file->claim ? std::optional{*file->claim} : std::nullopt;
  if (is_leftover(acquired_at(claim, file->modified_at, now),
                  state.sqlite_gateway_at)) {
    ++snapshot_.leftover_files;
    return;
  }
  if (!claim) {
    const bool being_written =
        file->claim.problem().fault == Fault::malformed &&
        now - file->modified_at < kWritingGrace;
    if (!being_written)
      round.problems.push_back(at_lock(file->claim.problem(), directory.facts,
                                       file->identity.inode));
  }
  directory.found.push_back({name, file->identity, file->modified_at, claim});
  files.insert_or_assign(name, std::move(*file));
}

bool LockReader::list_locks(Directory& directory, const StateDirectory& state,
                            RoundResult& round) {
  std::vector<std::string> names;
  const auto handle = open_directory(directory.facts.path);
  const auto listed =
      handle ? list_directory(*handle,
                              [&](std::string_view name, unsigned char) {
                                if (lock_kind(name)) names.emplace_back(name);
                                return names.size() <= kMaxLocks;
                              })
             : handle.problem();
  if (!listed || names.size() > kMaxLocks) {
    round.problems.push_back(
        listed ? Problem{Fault::too_big, directory.facts.path,
                         "more than 65536 locks"}
               : Problem{listed.problem().fault, directory.facts.path,
                         listed.problem().detail});
    return false;
  }
  std::map<std::string, LockFile> files;
  for (const auto& name : names)
    read_lock(*handle, name, directory, state, files, round);
  directory.files = std::move(files);
  return true;
}

HolderVerdict LockReader::judge(const Directory& directory,
                                const ScannedLock& lock,
                                DirectoryVisibility& visibility,
                                const ProcessTable& table) const {
  const auto taken = acquired_at(lock.claim, lock.modified_at, wall_time_now());
  auto evidence = visibility.gather(*lock.claim, table);
  evidence.local_filesystem = is_local_filesystem(visibility.filesystem());
  evidence.seen_alive =
      ledger_.seen_alive({directory.number, lock.name}, *lock.claim);
  evidence.lock_unchanged = true;
  const auto verdict = judge_holder(*lock.claim, taken, evidence);
  if (verdict.holder != Holder::dead && verdict.holder != Holder::recycled)
    return verdict;
  const auto handle = open_directory(directory.facts.path);
  const auto again =
      handle ? stat_lock_file(*handle, lock.name) : handle.problem();
  if (again && again->identity == lock.identity) return verdict;
  evidence.lock_unchanged = false;
  return judge_holder(*lock.claim, taken, evidence);
}

void LockReader::add_judged(const Directory& directory, const ScannedLock& lock,
                            const HolderVerdict& verdict) {
  if (verdict.obstacle) {
    ++report_.holder_problems[static_cast<std::size_t>(*verdict.obstacle)];
    holder_problems_.push_back({*verdict.obstacle, directory.facts.path,
                                why_unknown(*verdict.obstacle)});
  }
  ledger_.judged({directory.number, lock.name}, verdict.holder);
  const auto kind = lock_kind(lock.name);
  if (!kind) return;
  snapshot_.locks.push_back(
      {{directory.label, *kind},
       verdict.holder,
       acquired_at(lock.claim, lock.modified_at, wall_time_now()),
       lock.claim ? lock.claim->max_hold : std::nullopt});
}

void LockReader::judge_directory(Directory& directory, const MountView& view,
                                 const ProcessTable* table) {
  DirectoryVisibility visibility{
      settings_.procfs, view.mounts, view.inner(directory.facts.path),
      directory.facts.identity.device, directory.facts.identity.inode};
  for (const auto& lock : directory.found) {
    HolderVerdict verdict;
    if (!table && census_)
      verdict.obstacle = Fault::timeout;
    else if (table && lock.claim)
      verdict = judge(directory, lock, visibility, *table);
    add_judged(directory, lock, verdict);
  }
}

RoundResult LockReader::round() {
  RoundResult round;
  rescan_ = false;
  snapshot_ = {};
  holder_problems_.clear();
  const auto state =
      read_state_directory(settings_.state_dir, settings_.session_dirs);
  round.problems = state.problems;
  round.success = state.readable;
  if (watches_.obstacle()) round.problems.push_back(*watches_.obstacle());

  const auto view = read_mount_view(settings_.procfs, settings_.state_dir);
  take_directories(state);
  watch_directories(state, view);

  ledger_.begin_scan();
  const bool any_claim = list_directories(state, round);
  follow();
  reconcile();
  ledger_.end_scan();

  const auto table = any_claim && census_ ? census_() : nullptr;
  for (auto& [identity, directory] : directories_)
    if (directory.listed) judge_directory(directory, view, table.get());
  ledger_.end_judgement();
  looked_before_ = looked_before_ || state.readable;
  ledger_.settle(wall_time_now());
  report_.totals = ledger_.totals();
  report_.snapshot.reset();
  if (state.opened)
    report_.snapshot =
        std::make_shared<const LockSnapshot>(std::move(snapshot_));
  return round;
}

bool LockReader::list_directories(const StateDirectory& state,
                                  RoundResult& round) {
  bool any_claim = false;
  for (auto& [identity, directory] : directories_) {
    directory.listed = list_locks(directory, state, round);
    round.success = round.success && directory.listed;
    any_claim =
        any_claim || std::any_of(directory.found.begin(), directory.found.end(),
                                 [](const auto& lock) {
                                   return lock.claim && lock.claim->pid;
                                 });
  }
  return any_claim;
}

void LockReader::reconcile() {
  std::set<std::string> incomplete;
  for (auto& [identity, directory] : directories_) {
    if (!directory.listed) {
      incomplete.insert(directory.label);
      continue;
    }
    ledger_.reconcile(directory.number, directory.label, directory.found,
                      directory.preexisting, wall_time_now());
    directory.preexisting = false;
    snapshot_.agents.insert(directory.label);
  }
  for (const auto& label : incomplete) snapshot_.agents.erase(label);
}

void LockReader::handle_file(Directory& directory, const InotifyEvent& event) {
  const auto kind = lock_kind(event.name);
  if (!kind) return;
  const auto now = wall_time_now();
  const LockPlace place{directory.number, std::string{event.name}};
  if ((event.mask & (IN_CREATE | IN_MOVED_TO)) != 0)
    ledger_.created(place, {directory.label, *kind}, now);
  if ((event.mask & (IN_MODIFY | IN_MOVED_TO)) != 0 &&
      ledger_.wants_claim(place)) {
    const auto handle = open_directory(directory.facts.path);
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
      rescan_ = true;
      return;
    case LockWatches::Meaning::structure:
      rescan_ = true;
      return;
    case LockWatches::Meaning::nothing:
      return;
  }
}

void LockReader::follow() {
  watches_.drain([this](const LockWatches::Event& event) { handle(event); });
  ledger_.settle(wall_time_now());
  report_.totals = ledger_.totals();
}

bool LockReader::wants_round(WallTime now) const {
  return rescan_ || ledger_.wants_judgement(now);
}

}  // namespace openclaw_lock
