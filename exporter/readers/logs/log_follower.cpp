// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_follower.h"

#include <algorithm>

#include "exporter/readers/logs/docker_container.h"
#include "exporter/system/clock.h"

namespace openclaw_lock {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// A log that stays open can be read to its end wherever it is moved to.
constexpr minutes kKeepOpen{10};
constexpr std::ptrdiff_t kMaxOpen = 64;
/// A log that is gone may yet return from where it was moved to.
constexpr hours kRemember{1};
/// Truncated logs whose copies were not found.
constexpr std::ptrdiff_t kMaxGone = LogFollower::kMaxFiles;
/// Rounds after which a short file that could be a copy still being made is a
/// log of its own.
constexpr int kSettledRounds = 2;

}  // namespace

void LogFollower::restore(std::set<std::string> known_sources,
                          std::set<std::string> unseen_places,
                          std::vector<LogPosition> positions) {
  known_sources_ = std::move(known_sources);
  unseen_places_ = std::move(unseen_places);
  for (auto& position : positions) {
    if (position.inode != 0)
      paths_[position.path] = {position.device, position.inode};
    logs_.push_back(std::make_unique<Followed>(Followed{
        LogFile{std::move(position), false}, false, false, monotonic_now()}));
  }
}

void LogFollower::watch(std::vector<FollowedSource> sources,
                        std::optional<uid_t> owner,
                        std::vector<std::string> host_dirs, std::string root) {
  root_ = std::move(root);
  sources_ = std::move(sources);
  owner_ = owner;
  if (host_dirs != host_dirs_) foreign_.clear();
  host_dirs_ = std::move(host_dirs);
}

ReadState LogFollower::round(WallTime now, const LogFile::Pause& pause,
                             std::vector<Problem>& problems) {
  now_ = now;
  began_ = monotonic_now();
  pause_ = &pause;
  problems_ = &problems;
  paused_ = false;
  read_open_logs();
  // Whoever truncates has made the copy before: it is in a listing that is made
  // after. One found to be changed later waits for the next.
  std::vector<Followed*> changed;
  for (const auto& log : logs_)
    if (log->changed) changed.push_back(log.get());
  auto listing = list_logs(sources_, owner_, kMaxFiles, problems);
  leave_out_containers(listing);
  count_renames(listing);
  auto unknown = match(listing);
  for (auto* log : changed) resolve(*log, unknown);
  for (const auto& listed : unknown) admit(listed);
  note_looks(listing);
  let_go(listing);
  return paused_ ? ReadState::paused : ReadState::at_end;
}

void LogFollower::read(Followed& log) {
  const auto state = log.file.read_on(buffer_, intake_, now_, *pause_);
  if (!state) {
    problems_->push_back(state.problem());
    return;
  }
  log.changed = *state == ReadState::changed;
  if (*state != ReadState::at_end) paused_ = true;
}

/// The file log first: it says most of an incident that the console tells too.
void LogFollower::read_open_logs() {
  for (const bool file_logs : {true, false})
    for (const auto& log : logs_) {
      const bool is_file_log = log->file.format() == LineFormat::openclaw_json;
      if (log->file.is_open() && !log->changed && is_file_log == file_logs)
        read(*log);
    }
}

/// One glob may match the logs of all containers of a host.
void LogFollower::leave_out_containers(LogListing& listing) {
  std::map<LogFileId, bool> foreign;
  std::erase_if(listing.files, [&](const ListedLog& listed) {
    if (listed.path.find("-json.log") == std::string::npos) return false;
    const auto known = foreign_.find(listed.id);
    const bool is_foreign =
        known != foreign_.end()
            ? known->second
            : owner_of_container_log(listed.path, host_dirs_, *problems_,
                                     root_) == ContainerOwner::another;
    foreign[listed.id] = is_foreign;
    return is_foreign;
  });
  foreign_ = std::move(foreign);
}

void LogFollower::count_renames(const LogListing& listing) {
  std::map<std::string, LogFileId> paths;
  for (const auto& listed : listing.files) {
    if (listed.is_rotated) continue;
    paths[listed.path] = listed.id;
    const auto before = paths_.find(listed.path);
    if (before != paths_.end() && before->second != listed.id)
      intake_.count_rotation();
  }
  // A name may be missing for a moment while it is rotated.
  for (auto& [path, id] : paths) paths_[path] = id;
  if (paths_.size() > 4 * kMaxFiles) paths_ = std::move(paths);
}

std::vector<ListedLog> LogFollower::match(const LogListing& listing) {
  std::map<LogFileId, Followed*> known;
  for (const auto& log : logs_) {
    log->listed = false;
    known[log->file.id()] = log.get();
  }
  std::vector<ListedLog> unknown;
  for (const auto& listed : listing.files) {
    const auto found = known.find(listed.id);
    if (found == known.end()) {
      unknown.push_back(listed);
      continue;
    }
    auto& log = *found->second;
    log.listed = true;
    log.listed_at = began_;
    log.file.rename(listed.path);
    log.file.set_shared(sources_[listed.source].shared);
    if (!log.file.is_open() && log.file.has_news(listed)) reopen(log, listed);
  }
  return unknown;
}

void LogFollower::reopen(Followed& log, const ListedLog& listed) {
  if (auto problem = log.file.open(listed)) {
    problems_->push_back(*std::move(problem));
    return;
  }
  if (!log.file.is_unchanged()) {
    log.changed = true;
    paused_ = true;
    return;
  }
  if (auto problem = log.file.warm_up(buffer_))
    problems_->push_back(*std::move(problem));
  read(log);
}

void LogFollower::resolve(Followed& log, std::vector<ListedLog>& unknown) {
  log.changed = false;
  waiting_.clear();
  const auto copy =
      std::find_if(unknown.begin(), unknown.end(),
                   [&](const auto& listed) { return move(log, listed); });
  if (copy != unknown.end())
    unknown.erase(copy);
  else
    remember(log);
  std::erase_if(unknown, [&](const auto& listed) {
    const bool is_old = is_older_copy(log, listed);
    if (is_old) adopt_at_end(listed);
    return is_old;
  });
  log.file.start_over();
  intake_.count_rotation();
  if (log.file.is_open()) read(log);
}

/// A copy may show late: a name that moves on while its directory is listed can
/// be missing in the listing.
void LogFollower::remember(const Followed& log) {
  if (log.file.unread_bytes() > 0)
    problems_->push_back({Fault::missing, log.file.path(),
                          "truncated before all of it was read"});
  auto position = log.file.position();
  if (position.offset == 0) return;
  position.device = 0;
  position.inode = 0;
  const auto is_gone = [](const auto& other) {
    return other->file.id() == LogFileId{};
  };
  if (std::count_if(logs_.begin(), logs_.end(), is_gone) >= kMaxGone)
    logs_.erase(std::find_if(logs_.begin(), logs_.end(), is_gone));
  logs_.push_back(std::make_unique<Followed>(
      Followed{LogFile{std::move(position), false}, false, false, began_}));
}

/// True where `listed` holds the log up to the position: it goes on there.
bool LogFollower::move(Followed& log, const ListedLog& listed) {
  auto file = open_log(listed.path, listed.id);
  if (!file || !log.file.is_continued_by(*file)) return false;
  logs_.push_back(std::make_unique<Followed>(Followed{
      log.file.moved_to(listed, *std::move(file)), false, true, began_}));
  read(*logs_.back());
  return true;
}

/// True where `listed` holds only what was read: its copy was made before more
/// was written, and read, and truncated.
bool LogFollower::is_older_copy(const Followed& log,
                                const ListedLog& listed) const {
  const auto& position = log.file.position();
  if (position.head.length < HeadFingerprint::kMaxBytes ||
      listed.size >= position.offset)
    return false;
  const auto file = open_log(listed.path, listed.id);
  if (!file) return false;
  const auto head = read_head(*file);
  return head && compare_head(position.head, *head) == Likeness::same;
}

LogFollower::Followed& LogFollower::follow(LogPosition position,
                                           const ListedLog& listed) {
  position.path = listed.path;
  position.device = listed.id.device;
  position.inode = listed.id.inode;
  logs_.push_back(std::make_unique<Followed>(
      Followed{LogFile{std::move(position), sources_[listed.source].shared},
               false, true, began_}));
  return *logs_.back();
}

void LogFollower::adopt_at_end(const ListedLog& listed) {
  auto& log = follow({}, listed);
  auto problem = log.file.open(listed);
  if (!problem) problem = log.file.start_at_end(buffer_);
  if (problem) {
    problems_->push_back(*std::move(problem));
    log.file.start_behind(listed.size);
    return;
  }
  if (auto cold = log.file.warm_up(buffer_))
    problems_->push_back(*std::move(cold));
  read(log);
}

bool LogFollower::is_first_look(const ListedLog& listed) const {
  if (!known_sources_.contains(sources_[listed.source].pattern)) return true;
  return std::any_of(unseen_places_.begin(), unseen_places_.end(),
                     [&](const std::string& place) {
                       return listed.path == place ||
                              listed.path.starts_with(place + '/');
                     });
}

void LogFollower::note_looks(const LogListing& listing) {
  std::set<std::string> unseen;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const bool is_first = known_sources_.insert(sources_[i].pattern).second;
    for (const auto& place : listing.unseen[i])
      if (is_first || unseen_places_.contains(place)) unseen.insert(place);
  }
  unseen_places_ = std::move(unseen);
}

void LogFollower::admit(const ListedLog& listed) {
  if (is_first_look(listed)) return adopt_at_end(listed);
  const auto waiting = waiting_.find(listed.id);
  const bool looks_the_same = waiting != waiting_.end() &&
                              waiting->second.size == listed.size &&
                              waiting->second.mtime_ns == listed.mtime_ns;
  if (listed.size == 0 || (looks_the_same && waiting->second.rounds < 0))
    return;
  auto file = open_log(listed.path, listed.id);
  if (!file) {
    problems_->push_back(file.problem());
    return;
  }
  switch (judge(listed, *file)) {
    case Novelty::taken:
      waiting_.erase(listed.id);
      return;
    case Novelty::copy:
      waiting_[listed.id] = {listed.size, listed.mtime_ns, -1};
      return;
    case Novelty::undecided: {
      const int rounds = looks_the_same ? waiting->second.rounds + 1 : 0;
      waiting_[listed.id] = {listed.size, listed.mtime_ns, rounds};
      if (rounds < kSettledRounds) return;
      break;
    }
    case Novelty::fresh:
      break;
  }
  waiting_.erase(listed.id);
  auto& log = follow({}, listed);
  if (auto problem = log.file.open(listed)) {
    problems_->push_back(*std::move(problem));
    return;
  }
  log.file.start_over();
  read(log);
}

LogFollower::Novelty LogFollower::judge(const ListedLog& listed,
                                        const UniqueFd& file) {
  const auto head = read_head(file);
  if (!head) {
    problems_->push_back(head.problem());
    return Novelty::copy;
  }
  bool undecided = false;
  for (const auto& log : logs_) {
    if (compare_head(log->file.position().head, *head) == Likeness::other)
      continue;
    // What it is shows when that one is settled, a round later.
    if (log->changed) return Novelty::copy;
    const bool is_there = log->listed || log->file.is_open();
    const auto& position = log->file.position();
    const bool is_proof = position.offset >= HeadFingerprint::kMaxBytes;
    if ((is_proof || !is_there) && log->file.is_continued_by(file)) {
      if (is_there) return Novelty::copy;
      // Its own file is gone: the copy is what is left of it.
      *log =
          Followed{log->file.moved_to(listed, UniqueFd{}), false, true, began_};
      reopen(*log, listed);
      return Novelty::taken;
    }
    if (is_proof && listed.size >= position.offset) continue;
    if (is_proof && !is_there) return Novelty::copy;
    // A copy being made, or made before more was written. No copy is longer
    // than its original, once that was looked at again.
    const auto begins = listed.size > log->file.size()
                            ? std::optional<bool>{}
                            : log->file.begins_with(file);
    if (begins && *begins) return Novelty::copy;
    undecided = undecided || !begins;
  }
  // A log may have become another since it was read, and this its copy.
  for (const auto& log : logs_) {
    if (!log->listed) continue;
    if (log->changed) return Novelty::copy;
    switch (log->file.likeness_now()) {
      case Likeness::other:
        return Novelty::copy;
      case Likeness::undecided:
        undecided = true;
        break;
      case Likeness::same:
        break;
    }
  }
  return undecided ? Novelty::undecided : Novelty::fresh;
}

void LogFollower::let_go(const LogListing& listing) {
  std::set<LogFileId> there;
  for (const auto& listed : listing.files) there.insert(listed.id);
  std::erase_if(waiting_, [&](const auto& entry) {
    return !there.contains(entry.first);
  });
  auto open = std::count_if(logs_.begin(), logs_.end(), [](const auto& log) {
    return log->file.is_open();
  });
  for (const auto& log : logs_) {
    if (!log->file.is_open() || log->changed || !log->file.is_at_end())
      continue;
    const bool idle = began_ - log->file.grew_at() >= kKeepOpen;
    if (!idle && !log->file.is_deleted() && open <= kMaxOpen) continue;
    log->file.close();
    --open;
  }
  const bool complete =
      std::all_of(listing.unseen.begin(), listing.unseen.end(),
                  [](const auto& places) { return places.empty(); });
  if (!complete) return;
  std::erase_if(logs_, [&](const auto& log) {
    return !log->listed && !log->file.is_open() &&
           began_ - log->listed_at >= kRemember;
  });
}

std::vector<LogPosition> LogFollower::positions() const {
  std::vector<LogPosition> positions;
  for (const auto& log : logs_) positions.push_back(log->file.position());
  return positions;
}

std::size_t LogFollower::followed() const {
  return static_cast<std::size_t>(std::count_if(
      logs_.begin(), logs_.end(), [](const auto& log) { return log->listed; }));
}

std::uint64_t LogFollower::unread_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& log : logs_) bytes += log->file.unread_bytes();
  return bytes;
}

}  // namespace openclaw_lock
