// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/log_follower.h"

#include <algorithm>

#include "exporter/system/clock.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

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
/// A log that changes all the time asks for a round at once no more often.
constexpr seconds kHurry{1};
/// A name that is being rotated is missing in a listing or two.
constexpr seconds kAbandoned{3};
/// A source that a gateway was given while it is followed, by a configuration
/// that was written at most so long ago.
constexpr minutes kNewsAge{2};
/// Stamps of files are of the kernel's last tick.
constexpr std::chrono::milliseconds kTick{20};

}  // namespace

LogFollower::LogFollower(LogIntake& intake,
                         std::shared_ptr<PatternListers> listers)
    : intake_{intake},
      listers_{std::move(listers)},
      sources_{{}, {}, {}, *listers_} {}

void LogFollower::restore(std::set<std::string> known_sources,
                          std::set<std::string> unseen_places,
                          std::optional<WallTime> looked_at,
                          std::vector<LogPosition> positions) {
  is_restored_ = true;
  followed_since_ = looked_at_ = looked_at;
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
                        std::vector<std::string> host_dirs) {
  sources_ =
      LogSources{std::move(sources), owner, std::move(host_dirs), *listers_};
}

ReadState LogFollower::round(WallTime now, const LogFile::Pause& pause,
                             std::vector<Problem>& problems, const Gate& gate) {
  now_ = now;
  began_ = monotonic_now();
  pause_ = &pause;
  problems_ = &problems;
  gate_ = &gate;
  buffer_ = &LogBuffer::of_this_thread();
  paused_ = false;
  auto listing = list(listers_->max_age());
  auto unknown = match(listing);
  read_open_logs();
  // Whoever truncates has made the copy before: it is in a listing that is made
  // after. One found to be changed later waits for the next.
  std::vector<Followed*> changed;
  for (const auto& log : logs_)
    if (log->changed) changed.push_back(log.get());
  if (!changed.empty() || wants_new_listing(unknown)) {
    listing = list({});
    unknown = match(listing);
  }
  problems.insert(problems.end(), listing.problems.begin(),
                  listing.problems.end());
  count_renames(listing);
  reopen_logs(listing);
  if (std::exchange(is_restored_, false)) end_restored_logs();
  for (auto* log : changed) resolve(*log, unknown);
  for (const auto& listed : unknown) admit(listed);
  remember_left_out(listing);
  note_looks(listing);
  let_go(listing);
  buffer_->give_back();
  return paused_ ? ReadState::paused : ReadState::at_end;
}

LogListing LogFollower::list(std::chrono::milliseconds max_age) {
  return sources_.list(monotonic_now(), max_age, kMaxFiles, *gate_,
                       places_.get());
}

/// Copies are told from new logs by looks that are not older than what was read
/// of the originals.
bool LogFollower::wants_new_listing(
    const std::vector<ListedLog>& unknown) const {
  return std::any_of(unknown.begin(), unknown.end(), [this](const auto& log) {
    return log.size > 0 && !is_first_look(log) && !is_settled_copy(log);
  });
}

bool LogFollower::is_within_reach(const std::string& path) {
  if ((*gate_)(path)) return true;
  problems_->push_back(shut_gate(path));
  return false;
}

void LogFollower::read(Followed& log) {
  const auto state = log.file.read_on(*buffer_, intake_, now_, *pause_);
  if (!state) {
    problems_->push_back(state.problem());
    return;
  }
  log.changed = *state == ReadState::changed;
  if (*state == ReadState::paused) paused_ = true;
  if (log.changed || *state == ReadState::unsteady) hurry(log);
}

void LogFollower::hurry(Followed& log) {
  if (log.hurried_at && began_ - *log.hurried_at < kHurry) return;
  log.hurried_at = began_;
  paused_ = true;
}

/// The file log first: it says most of an incident that the console tells too.
void LogFollower::read_open_logs() {
  for (const bool file_logs : {true, false})
    for (const auto& log : logs_) {
      const bool is_file_log = log->file.format() == LineFormat::openclaw_json;
      if (log->file.is_open() && !log->changed && is_file_log == file_logs &&
          log->has_news && is_within_reach(log->file.place()))
        read(*log);
    }
  for (const auto& log : logs_)
    if (log->file.is_unrecognised())
      problems_->push_back({Fault::unrecognised, log->file.path(),
                            "no line of it is of a form that is known"});
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
    log->has_news = true;
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
    log.has_news = log.file.has_news(listed);
    log.file.rename(listed);
    log.file.set_shared(sources_.is_shared(listed));
  }
  return unknown;
}

void LogFollower::reopen_logs(const LogListing& listing) {
  std::map<LogFileId, Followed*> closed;
  for (const auto& log : logs_)
    if (log->listed && log->has_news && !log->file.is_open())
      closed[log->file.id()] = log.get();
  if (closed.empty()) return;
  for (const auto& listed : listing.files)
    if (const auto found = closed.find(listed.id); found != closed.end())
      reopen(*found->second, listed);
}

void LogFollower::reopen(Followed& log, const ListedLog& listed) {
  if (!is_within_reach(listed.place())) return;
  if (auto problem = log.file.open(listed)) {
    problems_->push_back(*std::move(problem));
    return;
  }
  if (!log.file.is_unchanged()) {
    log.changed = true;
    hurry(log);
    return;
  }
  if (auto problem = log.file.warm_up(*buffer_))
    problems_->push_back(*std::move(problem));
  read(log);
}

/// Those that no source lists any more.
void LogFollower::end_restored_logs() {
  for (const auto& log : logs_) {
    const auto& position = log->file.position();
    if (log->listed || position.inode == 0 || !is_within_reach(position.path))
      continue;
    ListedLog last;
    last.path = position.path;
    last.id = log->file.id();
    // What is gone, or another by now, has no end to be read.
    if (!log->file.open(last) && log->file.is_unchanged() &&
        !log->file.warm_up(*buffer_))
      read(*log);
    else
      log->file.close();
  }
}

/// It has been listed by no source for a while, and is not written to.
bool LogFollower::is_abandoned(const Followed& log) const {
  return !log.listed && began_ - log.listed_at >= kAbandoned &&
         log.file.is_open() && log.file.is_at_end();
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
  auto file = open_log(listed.path, listed.rooted, listed.id);
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
  const auto file = open_log(listed.path, listed.rooted, listed.id);
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
      Followed{LogFile{std::move(position), sources_.is_shared(listed)}, false,
               true, began_}));
  return *logs_.back();
}

void LogFollower::adopt_at_end(const ListedLog& listed) {
  auto& log = follow({}, listed);
  auto problem = log.file.open(listed);
  if (!problem) problem = log.file.start_at_end(*buffer_);
  if (problem) {
    problems_->push_back(*std::move(problem));
    log.file.start_behind(listed.size);
    return;
  }
  if (auto cold = log.file.warm_up(*buffer_))
    problems_->push_back(*std::move(cold));
  read(log);
}

bool LogFollower::is_first_look(const ListedLog& listed) const {
  if (!known_sources_.contains(sources()[listed.source].pattern)) return true;
  return std::any_of(unseen_places_.begin(), unseen_places_.end(),
                     [&](const std::string& place) {
                       return listed.path == place ||
                              listed.path.starts_with(place + '/');
                     });
}

bool LogFollower::was_made_meanwhile(const ListedLog& listed) {
  if (!followed_since_ || listed.size == 0 ||
      known_sources_.contains(sources()[listed.source].pattern) ||
      !is_within_reach(listed.place()))
    return false;
  const auto file = open_log(listed.path, listed.rooted, listed.id);
  const auto made_at = file ? birth_of(*file) : std::nullopt;
  return made_at && *made_at + kTick >= *followed_since_ &&
         *made_at >= looked_at_.value_or(now_) - kNewsAge;
}

void LogFollower::note_looks(const LogListing& listing) {
  if (!followed_since_ && !sources().empty()) followed_since_ = now_;
  std::set<std::string> unseen;
  for (std::size_t i = 0; i < sources().size(); ++i) {
    const bool is_first = known_sources_.insert(sources()[i].pattern).second;
    for (const auto& place : listing.unseen[i])
      if (is_first || unseen_places_.contains(place)) unseen.insert(place);
  }
  unseen_places_ = std::move(unseen);
  looked_at_ = now_;
}

bool LogFollower::is_settled_copy(const ListedLog& listed) const {
  const auto waiting = waiting_.find(listed.id);
  return waiting != waiting_.end() && waiting->second.size == listed.size &&
         waiting->second.mtime_ns == listed.mtime_ns &&
         waiting->second.rounds < 0 &&
         std::ranges::none_of(
             logs_, [this](const auto& log) { return is_abandoned(*log); });
}

void LogFollower::admit(const ListedLog& listed) {
  if (is_first_look(listed) && !was_made_meanwhile(listed))
    return adopt_at_end(listed);
  if (listed.size == 0 || is_settled_copy(listed) ||
      !is_within_reach(listed.place()))
    return;
  const auto waiting = waiting_.find(listed.id);
  const bool looks_the_same = waiting != waiting_.end() &&
                              waiting->second.size == listed.size &&
                              waiting->second.mtime_ns == listed.mtime_ns;
  auto file = open_log(listed.path, listed.rooted, listed.id);
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

/// They keep their places.
void LogFollower::remember_left_out(const LogListing& listing) {
  if (listing.left_out.empty()) return;
  std::map<LogFileId, Followed*> known;
  for (const auto& log : logs_) known[log->file.id()] = log.get();
  auto free =
      kMaxFiles + kMaxLeftOut - std::min(kMaxFiles + kMaxLeftOut, logs_.size());
  for (const auto& listed : listing.left_out) {
    const auto found = known.find(listed.id);
    if (found != known.end()) {
      found->second->listed_at = began_;
    } else if (free > 0 && is_first_look(listed)) {
      auto& log = follow({}, listed);
      log.listed = false;
      log.file.start_behind(listed.size);
      --free;
    }
  }
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
      if (is_there && !is_abandoned(*log)) return Novelty::copy;
      // Its own file is gone, or given up: the copy is what is left of it.
      *log =
          Followed{log->file.moved_to(listed, UniqueFd{}), false, true, began_};
      reopen(*log, listed);
      return Novelty::taken;
    }
    if (is_proof && listed.size >= position.offset) continue;
    if (is_proof && !is_there) return Novelty::copy;
    // A copy being made, or made before more was written. No copy is longer
    // than its original, once that was looked at again.
    const bool is_reachable = log->listed || (*gate_)(log->file.place());
    const auto begins = listed.size > log->file.size() || !is_reachable
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
    const bool is_gone = !log->listed && log->file.is_deleted();
    if (!idle && !is_gone && open <= kMaxOpen) continue;
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

bool LogFollower::follows(LogFileId id) const {
  return std::ranges::any_of(logs_, [id](const auto& log) {
    return log->listed && log->file.id() == id;
  });
}

std::uint64_t LogFollower::unread_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& log : logs_) bytes += log->file.unread_bytes();
  return bytes;
}

}  // namespace openclaw_lock
