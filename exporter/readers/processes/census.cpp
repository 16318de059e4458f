// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/census.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "exporter/readers/directories/directory_facts.h"
#include "exporter/readers/directories/state_dir_access.h"
#include "exporter/readers/processes/process_reader.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"
#include "exporter/system/rooted_path.h"
#include "exporter/system/shut_gate.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxTemporaryEntries = 65536;

bool may_be_gateway(ProcessRole role) {
  return role != ProcessRole::none && role != ProcessRole::command;
}

/// One whose start cannot be told counts as young.
bool is_young(const ProcessStat& stat, const ProcessTable& table) {
  const auto started = started_at(stat, table);
  return !started || table.started_at - *started < kYoungProcess;
}

bool is_due(const std::optional<MonotonicTime>& at, MonotonicTime now) {
  return !at || now - *at >= kLongestProcessRest;
}

std::vector<Mount> read_mounts(const std::filesystem::path& process) {
  const auto text = read_small_file(process / "mountinfo", kMaxMountinfo);
  return text ? parse_mountinfo(*text) : std::vector<Mount>{};
}

std::string directory_of(const std::string& path) {
  return path.starts_with('/') ? path.substr(0, path.rfind('/'))
                               : std::string{};
}

/// Whoever cannot write there does not use it, whatever it says.
bool may_use(const FileCredentials* process, const RootedPath& state_dir,
             const Gate& gate) {
  StateDirAccess access{state_dir, gate};
  return access.may_write(process) && access.may_reach(process);
}

std::optional<DirectoryIdentity> identity_at(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) return {};
  return DirectoryIdentity{found.st_dev, found.st_ino};
}

}  // namespace

struct Census::Round {
  const ProcessTable& table;
  const MonotonicTime now;
  const Gate& gate;
  ListeningSockets listening;
  std::optional<std::vector<Mount>> our_mounts = {};
  std::map<DirectoryIdentity, LockDirectory> lock_directories = {};
  std::map<std::string, std::optional<DirectoryIdentity>> lock_paths = {};
  std::map<int, std::size_t> by_pid = {};  ///< position in the table
  RoundResult result = {};
  std::map<DirectoryIdentity, std::vector<GatewayLock>> locks = {};
  std::vector<GatewayLock> silent_locks = {};

  /// Whether a path may be touched; told where not.
  bool may_touch(const std::string& path) {
    if (gate(path)) return true;
    auto problem = shut_gate(path);
    if (std::ranges::find(result.problems, problem) == result.problems.end())
      result.problems.push_back(std::move(problem));
    return false;
  }
};

Census::Census(CensusSettings settings)
    : settings_{std::move(settings)},
      host_root_{settings_.rootfs == "/" ? std::string{}
                                         : settings_.rootfs.native()} {}

const std::string& Census::Known::root() const {
  static const std::string kOurs;
  return look.shares_our_root ? kOurs : found.root;
}

void Census::look_at_command(const Process& process, const Round& round,
                             Known& known) const {
  const auto& stat = process.stat;
  if (stat.comm == known.comm && !is_young(stat, round.table) &&
      !is_due(known.command_read_at, round.now))
    return;
  auto now = read_command(settings_.procfs, stat);
  if (known.comm != stat.comm) known.looked_at.reset();
  known.comm = stat.comm;
  known.command_read_at = round.now;
  if (!now) return;
  // A title that is being written may look like anything for a moment.
  const bool is_other = now->role == ProcessRole::none;
  if (is_other && !known.is_other) now->role = known.command.role;
  known.is_other = is_other;
  auto role = is_other ? now->role : role_after(known.command.role, now->role);
  if (role != known.command.role) known.looked_at.reset();
  known.command.role = role;
  if (!now->profile.empty()) known.command.profile = std::move(now->profile);
  if (!now->entry.empty()) known.command.entry = std::move(now->entry);
  known.command.has_arguments |= now->has_arguments;
  known.command.mentions_openclaw |= now->mentions_openclaw;
}

bool Census::has_moved(const Known& known, Round& round) const {
  const auto& found = known.found;
  if (found.evidence == Evidence::none || !round.may_touch(found.path))
    return false;
  return identity_at(found.path) != found.state_dir;
}

bool Census::wants_look(const Process& process, const Round& round,
                        const Known& known) const {
  return known.blocked || is_young(process.stat, round.table) ||
         is_due(known.looked_at, round.now);
}

Answer Census::serves(const Process& process, Round& round,
                      const Known& known) const {
  const auto& look = known.look;
  if (known.found.serves == Answer::yes || !look.open_locks.empty())
    return Answer::yes;
  const bool keeps_database =
      !look.state_dirs.empty() &&
      look.state_dirs.front().evidence == Evidence::open_files;
  const bool is_possible = known.command.role == ProcessRole::possible;
  if (is_possible && keeps_database) return Answer::yes;
  const int parent = process.stat.parent;
  const auto manager = round.by_pid.find(parent);
  const bool is_managed =
      parent <= 1 ||
      (manager != round.by_pid.end() &&
       round.table.processes[manager->second].stat.comm == "systemd");
  if (look.is_service && is_managed) return Answer::yes;
  // Any server may be called dist/index.js.
  if (is_possible && !known.command.mentions_openclaw &&
      known.found.evidence < Evidence::environment)
    return look.files_readable ? Answer::no : Answer::unknown;
  const auto listens = round.listening.any(process.stat.pid, look.sockets);
  if (listens == true) return Answer::yes;
  return listens && look.files_readable ? Answer::no : Answer::unknown;
}

void Census::find_our_path(const DirectoryFacts& directory,
                           const std::string& opened, Round& round,
                           Known& known) {
  auto& found = known.found;
  const auto leads_there = [&](const std::string& path) {
    return round.may_touch(path) && identity_at(path) == directory.identity;
  };
  const auto take = [&](std::string path, bool passing) {
    found.path = std::move(path);
    found.passing = passing;
    if (!passing) our_paths_[directory.identity] = found.path;
  };
  if (const auto known_path = our_paths_.find(directory.identity);
      known_path != our_paths_.end() && leads_there(known_path->second))
    return take(known_path->second, false);
  const auto host =
      host_root_.empty()
          ? Result<std::string>{found.inner_path}
          : resolve_in_root(host_root_, found.inner_path, round.gate);
  if (host && leads_there(*host)) return take(*host, false);
  const auto theirs =
      read_mounts(settings_.procfs / std::to_string(found.process.pid));
  if (!round.our_mounts)
    round.our_mounts = read_mounts(settings_.procfs / "self");
  if (const auto location = locate(theirs, found.inner_path))
    for (const auto& path : paths_to(*round.our_mounts, *location))
      if (leads_there(path)) return take(path, false);
  take(opened, !known.root().empty());
}

void Census::find_state_dir(Round& round, Known& known) {
  auto& found = known.found;
  known.blocked = false;
  for (const auto& candidate : known.look.state_dirs) {
    const auto& root = known.root();
    const auto plain = root + candidate.path;
    auto path = Result<std::string>{plain};
    if (!root.empty()) path = resolve_in_root(root, candidate.path, round.gate);
    const bool is_shut = !path && path.problem().fault == Fault::timeout;
    if (is_shut || !round.may_touch(plain)) {
      if (is_shut) round.may_touch(path.problem().where);
      known.blocked = true;
      return;
    }
    auto opened = path ? *path : plain;
    auto directory = directory_facts(opened);
    if (!directory) directory = directory_facts(opened = plain);
    if (!directory) continue;
    if (candidate.evidence <= Evidence::environment &&
        !may_use(known.look.credentials.get(), {root, opened}, round.gate))
      continue;
    found.evidence = candidate.evidence;
    found.state_dir = directory->identity;
    found.inner_path = candidate.path;
    found.inner_real = directory->real_path;
    find_our_path(*directory, opened, round, known);
    return;
  }
  found.evidence = Evidence::none;
}

/// A small file in a process's own root.
Result<std::string> Census::read_in(const std::string& root,
                                    const std::string& path, Round& round) {
  constexpr std::size_t kMaxBytes = 1 << 20;
  const auto real = resolve_in_root(root, path, round.gate);
  if (!real) return real.problem();
  if (!round.may_touch(*real)) return shut_gate(*real);
  // To open a device may do something already.
  if (auto problem = find_irregular(*real)) return *std::move(problem);
  const auto file =
      open_rooted({root, *real}, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  return file ? read_regular_file(*file, *real, kMaxBytes) : file.problem();
}

void Census::look_at(const Process& process, Round& round, Known& known) {
  looking_at_ = process.stat.pid;
  known.looked_at = round.now;
  const auto root =
      (settings_.procfs / std::to_string(process.stat.pid) / "root").native();
  auto look = look_at_process(
      settings_.procfs, process.stat.pid, known.command,
      [&](const std::string& path) { return read_in(root, path, round); });
  looking_at_ = 0;
  // A lock that was open once is enough.
  look.open_locks.merge(known.look.open_locks);
  if (look.credentials && known.look.credentials &&
      *look.credentials == *known.look.credentials)
    look.credentials = known.look.credentials;
  known.look = std::move(look);
  // Without its environment what it keeps open does not tell all.
  known.readable = known.look.ended || known.look.environment_readable;
  auto& found = known.found;
  found.process = {process.stat.pid, process.stat.start_ticks};
  found.root = root;
  found.uid = known.look.uid;
  found.credentials = known.look.credentials;
  find_state_dir(round, known);
  found.serves = serves(process, round, known);
  known.look.sockets.clear();
}

void Census::read_lock_directory(const std::string& root,
                                 const std::string& path, Round& round,
                                 Known* known) {
  const auto full = root + path;
  // Most gateways share one.
  const auto [entry, is_new] = round.lock_paths.try_emplace(full);
  auto& identity = entry->second;
  if (is_new && round.may_touch(full)) identity = identity_at(full);
  if (!identity) return;
  if (known) known->lock_directories.insert(*identity);
  auto& directory = round.lock_directories[*identity];
  if (directory.locks) return;
  directory = {full, root,
               &locks_.read_directory(full, round.table.started_at)};
}

void Census::look_at_temporary_directories(Round& round) {
  const auto tmp = host_root_ + "/tmp";
  if (is_due(host_listed_at_, round.now) && round.may_touch(tmp)) {
    host_listed_at_ = round.now;
    host_lock_directories_.clear();
    std::size_t seen = 0;
    if (const auto directory = open_directory(tmp)) {
      const auto listed = list_directory(
          *directory, [&](std::string_view name, unsigned char /*type*/) {
            if (name.starts_with("openclaw-"))
              host_lock_directories_.push_back("/tmp/" + std::string{name});
            return ++seen < kMaxTemporaryEntries;
          });
      if (!listed) round.result.problems.push_back(listed.problem());
    }
  }
  for (const auto& path : host_lock_directories_)
    read_lock_directory(host_root_, path, round, nullptr);
}

Census::Known* Census::process_named(const GatewayClaim& claim,
                                     const DirectoryIdentity& id,
                                     Round& round) {
  if (!claim.pid) return nullptr;
  const auto [begin, end] = round.table.by_pid.equal_range(*claim.pid);
  for (auto entry = begin; entry != end; ++entry) {
    const auto& process = round.table.processes[entry->second];
    if (!names_process(claim, process) || has_exited(process.stat)) continue;
    const auto found =
        known_.find({process.stat.pid, process.stat.start_ticks});
    if (found == known_.end()) continue;
    auto& known = found->second;
    if (may_be_gateway(known.command.role)) {
      if (known.lock_directories.contains(id)) return &known;
      continue;
    }
    // Its command does not show it, but pid and start time are proof.
    if (!claim.start_ticks || avoided_.contains(process.stat.pid)) continue;
    known.command.role = ProcessRole::possible;
    look_at(process, round, known);
    return &known;
  }
  return nullptr;
}

std::optional<DirectoryIdentity> Census::claimed_directory(
    const LockDirectory& directory, const GatewayClaim& claim, Known* known,
    Round& round) {
  const bool names_it = !claim.state_dir.empty();
  // The configuration lies in the state directory unless it is told otherwise.
  if (known && !names_it && known->look.has_config_path)
    return known->found.evidence == Evidence::none
               ? std::nullopt
               : std::optional{known->found.state_dir};
  const auto inner =
      names_it ? claim.state_dir : directory_of(claim.config_path);
  if (!inner.starts_with('/')) return {};
  std::optional<DirectoryFacts> found;
  std::string opened;
  const auto look_below = [&](const std::string& root) {
    const auto path = resolve_in_root(root, inner, round.gate);
    if (found || !path || !round.may_touch(*path)) return;
    found = directory_facts(*path);
    opened = *path;
  };
  if (known) look_below(known->root());
  look_below(directory.root);
  if (!found) return {};
  if (known) take_state_dir(*found, opened, inner, names_it, round, *known);
  return found->identity;
}

void Census::take_state_dir(const DirectoryFacts& directory,
                            const std::string& opened, const std::string& inner,
                            bool is_named, Round& round, Known& known) {
  auto& process = known.found;
  const bool is_other = process.evidence == Evidence::none ||
                        process.state_dir != directory.identity;
  // OPENCLAW_STATE_DIR holds for every version; what only some versions read,
  // or is the default, does not.
  const bool is_decided =
      process.evidence == Evidence::open_files ||
      (process.evidence == Evidence::environment &&
       known.look.state_dirs.back().evidence == Evidence::environment);
  if (is_other && is_decided && !is_named) return;
  process.evidence = Evidence::lock;
  if (!is_other) return;
  process.state_dir = directory.identity;
  process.inner_path = inner;
  process.inner_real = directory.real_path;
  find_our_path(directory, opened, round, known);
}

void Census::take_claim(const LockDirectory& directory,
                        const DirectoryIdentity& id, const GatewayLock& lock,
                        Round& round) {
  auto* known = process_named(lock.claim, id, round);
  const auto state_dir = claimed_directory(directory, lock.claim, known, round);
  if (state_dir)
    round.locks[*state_dir].push_back(lock);
  else if (lock.claim.config_path.empty() && lock.claim.state_dir.empty())
    round.silent_locks.push_back(lock);
  if (!known) return;
  auto& process = known->found;
  process.serves = Answer::yes;
  if (!state_dir || process.evidence == Evidence::none ||
      process.state_dir != *state_dir)
    return;
  process.named = true;
  process.lease = !lock.claim.state_dir.empty() && !lock.claim.has_owner;
}

void Census::read_locks(Round& round) {
  look_at_temporary_directories(round);
  for (auto& [identity, known] : known_) {
    known.lock_directories.clear();
    known.found.named = known.found.lease = false;
    if (!known.present || !may_be_gateway(known.command.role)) continue;
    const auto& root = known.root();
    if (known.look.uid)
      read_lock_directory(root,
                          known.look.temporary_directory + "/openclaw-" +
                              std::to_string(*known.look.uid),
                          round, &known);
    for (const auto& lock : known.look.open_locks)
      read_lock_directory(root, directory_of(lock), round, &known);
  }
  for (const auto& [identity, directory] : round.lock_directories)
    for (const auto& lock : directory.locks->locks)
      take_claim(directory, identity, lock, round);
  read_state_locks(round);
  locks_.forget_unread();
}

/// One of which nothing but the default is known.
Census::Known* Census::guessed_process(const GatewayClaim& claim,
                                       Round& round) {
  if (!claim.pid || !claim.start_ticks) return nullptr;
  const auto [begin, end] = round.table.by_pid.equal_range(*claim.pid);
  for (auto entry = begin; entry != end; ++entry) {
    const auto& process = round.table.processes[entry->second];
    const auto found =
        known_.find({process.stat.pid, process.stat.start_ticks});
    if (found != known_.end() && names_process(claim, process) &&
        found->second.present && may_be_gateway(found->second.command.role) &&
        found->second.found.evidence == Evidence::guess)
      return &found->second;
  }
  return nullptr;
}

/// A lock outranks a default; where nothing was guessed none is looked for.
void Census::read_state_locks(Round& round) {
  const bool any = std::ranges::any_of(known_, [](const auto& entry) {
    const auto& known = entry.second;
    return known.present && may_be_gateway(known.command.role) &&
           known.found.evidence == Evidence::guess;
  });
  const auto places = any && settings_.places ? settings_.places() : nullptr;
  if (!places) return;
  for (const auto& dir : places->dirs) {
    const auto path = host_root_.empty()
                          ? Result<std::string>{dir}
                          : resolve_in_root(host_root_, dir, round.gate);
    if (!path || !round.may_touch(*path + "/tmp")) continue;
    const auto tmp = *path + "/tmp";
    for (const auto& lock :
         locks_.read_all(tmp, round.table.started_at).locks) {
      auto* const known = guessed_process(lock.claim, round);
      const auto directory = known ? directory_facts(*path) : std::nullopt;
      if (directory)
        take_state_dir(*directory, *path, lock.claim.state_dir, true, round,
                       *known);
    }
  }
}

void Census::publish(std::shared_ptr<const ProcessTable> table, Round& round) {
  auto facts = std::make_shared<ProcessFacts>();
  for (const auto& [identity, known] : known_) {
    if (!known.present || known.command.role == ProcessRole::none) continue;
    facts->processes.push_back(known.found);
    auto& process = facts->processes.back();
    process.role = known.command.role;
    process.parent =
        round.table.processes[round.by_pid.at(identity.pid)].stat.parent;
  }
  std::ranges::sort(facts->processes, {}, [](const OpenclawProcess& process) {
    return std::tuple{process.process.start_ticks, process.process.pid};
  });
  for (std::size_t i = 0; i < facts->processes.size(); ++i) {
    const auto& process = facts->processes[i];
    const auto& known = known_.at(process.process);
    if (process.evidence != Evidence::none)
      facts->by_state_dir[process.state_dir].push_back(i);
    else if (may_be_gateway(process.role) &&
             (!known.readable || known.blocked)) {
      facts->unclear.push_back(i);
      facts->environment_too_big |= known.look.environment_too_big;
    }
  }
  facts->locks = std::move(round.locks);
  facts->silent_locks = std::move(round.silent_locks);
  facts->table = std::move(table);
  facts_ = std::move(facts);
}

RoundResult Census::round(std::shared_ptr<const ProcessTable> table,
                          MonotonicTime now, const Gate& gate) {
  Round round{*table, now, gate, ListeningSockets{settings_.procfs}};
  round.result.success = true;
  for (auto& [identity, known] : known_) known.present = false;
  for (std::size_t i = 0; i < table->processes.size(); ++i)
    round.by_pid.emplace(table->processes[i].stat.pid, i);
  for (const auto& process : table->processes) {
    const auto& stat = process.stat;
    if ((stat.flags & kKernelThreadFlag) != 0 || avoided_.contains(stat.pid))
      continue;
    auto& known = known_[{stat.pid, stat.start_ticks}];
    looking_at_ = stat.pid;
    look_at_command(process, round, known);
    looking_at_ = 0;
    known.present = !has_exited(stat);
    if (!known.present || known.command.role == ProcessRole::none) continue;
    if (wants_look(process, round, known) || has_moved(known, round))
      look_at(process, round, known);
  }
  read_locks(round);
  std::erase_if(known_, [&](const auto& entry) {
    const auto found = round.by_pid.find(entry.first.pid);
    return found == round.by_pid.end() ||
           table->processes[found->second].stat.start_ticks !=
               entry.first.start_ticks;
  });
  if (our_paths_.size() > 2 * known_.size() + 64) our_paths_.clear();
  publish(std::move(table), round);
  return std::move(round.result);
}

std::set<int> Census::openclaw_pids() const {
  std::set<int> pids;
  if (facts_)
    for (const auto& process : facts_->processes)
      pids.insert(process.process.pid);
  return pids;
}

}  // namespace openclaw_lock
