// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_reader.h"

#include <sys/sysmacros.h>

#include <algorithm>
#include <utility>

#include "core/gateways/openclaw_version.h"
#include "core/locks/holder.h"
#include "core/procfs/clock_ticks.h"
#include "core/procfs/filesystem_type.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/readers/directories/state_dir_access.h"
#include "exporter/system/mount_view.h"
#include "exporter/system/rooted_path.h"

namespace openclaw_lock {
namespace {

std::string without_prefix(const std::string& path, const std::string& prefix) {
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

}  // namespace

GatewayReader::GatewayReader(GatewayReaderSettings settings, Clock clock,
                             WallClock wall_clock)
    : settings_{std::move(settings)},
      clock_{std::move(clock)},
      wall_clock_{std::move(wall_clock)} {}

bool GatewayReader::find_place(const struct stat& found,
                               const GatewayInputs& inputs) {
  const DirectoryIdentity identity{found.st_dev, found.st_ino};
  const bool same = place_ && place_->identity == identity &&
                    place_->our_mounts == inputs.mounts;
  if (!same) {
    const auto directory = directory_facts(settings_.state_dir);
    if (!directory) return false;
    place_ = Place{};
    place_->identity = identity;
    place_->our_mounts = inputs.mounts;
    const auto prefix =
        process_root_of(settings_.procfs.native(), settings_.state_dir);
    place_->mounts = inputs.mounts;
    if (!prefix.empty())
      place_->mounts =
          read_mount_view(settings_.procfs, settings_.state_dir).mounts;
    place_->inner_path = directory->real_path.starts_with(prefix)
                             ? directory->real_path.substr(prefix.size())
                             : directory->real_path;
    if (const Mount* mount =
            place_->mounts ? find_mount(*place_->mounts, place_->inner_path)
                           : nullptr) {
      place_->device = mount->device;
      place_->is_local = is_local_filesystem(mount->filesystem);
    }
  }
  return true;
}

void GatewayReader::read_store(const struct stat& state_dir, WallTime now) {
  const StateDirPlace place{settings_.state_dir, state_dir, settings_.root,
                            settings_.gate};
  store_ = store_reader_.read(place, now);
  store_.traces.sqlite_gateway_at =
      newest_sqlite_gateway(state_locks_.directories);
  store_.traces.owner_lock = std::ranges::any_of(
      state_locks_.locks,
      [](const GatewayLock& lock) { return lock.claim.has_owner; });
  facts_.version = config_version_.read(place);
}

void GatewayReader::judge_era() {
  const auto store = judge_store(store_.traces);
  // Nothing found says nothing where one may not look.
  if (store != Store::unknown || (store_.state && store_.agents))
    facts_.store = store;
}

void GatewayReader::look_at_writers(const GatewayInputs& inputs) {
  // Locks of processes outside our PID namespace are not listed.
  if (!inputs.processes || !inputs.processes->table->initial_namespace) return;
  std::set<WalWriter> writers;
  const auto is_open = [](const std::optional<DatabaseFiles>& files) {
    return files && !files->shared_memory.empty();
  };
  if (is_open(store_.state) || is_open(store_.agents)) {
    const auto locks = inputs.wal_locks ? inputs.wal_locks() : nullptr;
    if (!locks) return;
    for (const auto* files : {&store_.state, &store_.agents})
      if (*files)
        for (const auto& file : (*files)->shared_memory)
          add_writers(file, *locks, writers);
  }
  writers_seen_ = true;
  writers_.look(writers, clock_());
}

void GatewayReader::add_writers(const SharedMemoryFile& file,
                                const WalLocks& locks,
                                std::set<WalWriter>& writers) const {
  const auto [begin, end] = locks.equal_range(file.inode);
  for (auto lock = begin; lock != end; ++lock) {
    const auto& [major, minor] =
        std::pair{lock->second.device_major, lock->second.device_minor};
    // Where stat gives another device than the superblock's (btrfs), that of
    // mountinfo is the one.
    if (std::to_string(major) + ':' + std::to_string(minor) == place_->device ||
        ::makedev(major, minor) == file.device)
      writers.insert({lock->second.inode, lock->second.pid});
  }
}

std::optional<DatabaseFacts> GatewayReader::database_facts(
    const std::optional<DatabaseFiles>& files) const {
  if (!files || !files->present) return {};
  DatabaseFacts facts{files->main_bytes, files->wal_bytes, {}};
  if (!writers_seen_) return facts;
  facts.writer_held = std::chrono::milliseconds{0};
  for (const auto& file : files->shared_memory)
    facts.writer_held = std::max(*facts.writer_held, writers_.held(file.inode));
  return facts;
}

std::vector<GatewayCandidate> GatewayReader::candidates(
    const ProcessFacts& facts, DirectoryVisibility& visibility) {
  std::vector<GatewayCandidate> found;
  const auto add = [&](const OpenclawProcess& process, Answer uses) {
    found.push_back({process.process.pid, process.parent,
                     process.process.start_ticks, process.role, uses,
                     process.serves});
  };
  for (const auto* process : facts.users_of(place_->identity)) {
    visibility.note_seen(process->process.pid);
    add(*process, Answer::yes);
    store_.traces.lease_lock = store_.traces.lease_lock || process->lease;
  }
  StateDirAccess access{{settings_.root, settings_.state_dir}, settings_.gate};
  bool undecided = false;
  for (const auto position : facts.unclear) {
    const auto& process = facts.processes[position];
    // One is enough to make the number unknown.
    if (undecided || !access.may_write(process.credentials.get()) ||
        visibility.sees(process.process.pid) == Sees::no)
      continue;
    add(process, Answer::unknown);
    undecided = process.role != ProcessRole::possible;
  }
  for (const auto& lock : state_locks_.locks) {
    if (!lock.claim.pid) continue;
    const auto& table = *facts.table;
    const auto [begin, end] = table.by_pid.equal_range(*lock.claim.pid);
    for (auto entry = begin; entry != end; ++entry) {
      const auto& process = table.processes[entry->second];
      if (!names_process(lock.claim, process) || has_exited(process.stat))
        continue;
      const ProcessIdentity identity{process.stat.pid,
                                     process.stat.start_ticks};
      const auto known = std::ranges::find_if(
          found, [&](const auto& one) { return one.pid == identity.pid; });
      const auto* by_census = facts.find(identity);
      const bool is_openclaw =
          by_census && by_census->role != ProcessRole::command;
      // Without a start time a pid alone makes no gateway of just any process.
      if (!is_openclaw && !lock.claim.start_ticks) continue;
      if (known == found.end()) {
        found.push_back({identity.pid, process.stat.parent,
                         identity.start_ticks,
                         is_openclaw ? by_census->role : ProcessRole::possible,
                         Answer::yes, Answer::yes});
      } else {
        known->uses = known->serves = Answer::yes;
        if (!is_openclaw) known->role = ProcessRole::possible;
      }
    }
  }
  return found;
}

bool GatewayReader::is_named(const ProcessFacts& facts,
                             const ProcessIdentity& running) const {
  for (const auto* process : facts.users_of(place_->identity))
    if (process->process == running && process->named) return true;
  const auto [begin, end] = facts.table->by_pid.equal_range(running.pid);
  return std::any_of(begin, end, [&](const auto& entry) {
    const auto& process = facts.table->processes[entry.second];
    return process.stat.pid == running.pid &&
           std::ranges::any_of(state_locks_.locks, [&](const auto& lock) {
             return names_process(lock.claim, process);
           });
  });
}

bool GatewayReader::misses_a_holder(
    const ProcessFacts& facts, const GatewayCount& count,
    const std::vector<GatewayClaim>& held) const {
  const auto is_counted = [&](const GatewayClaim& claim) {
    const auto [begin, end] = facts.table->by_pid.equal_range(*claim.pid);
    return std::any_of(begin, end, [&](const auto& entry) {
      const auto& process = facts.table->processes[entry.second];
      return names_process(claim, process) &&
             std::ranges::any_of(count.running,
                                 [&](const ProcessIdentity& running) {
                                   return running.pid == process.stat.pid;
                                 });
    });
  };
  return std::ranges::any_of(held, [&](const GatewayClaim& claim) {
    return claim.role.empty() && claim.pid && !is_counted(claim);
  });
}

void GatewayReader::tell(const ProcessFacts& facts, const GatewayCount& count,
                         const std::vector<GatewayClaim>& held,
                         RoundResult& round) {
  const auto& table = *facts.table;
  const auto& where = settings_.state_dir;
  if (count.undecided > 0 && facts.environment_too_big)
    round.problems.push_back(
        {Fault::too_big, where,
         "the environment of a process is too large to tell whether it is a "
         "gateway of this directory"});
  else if (count.undecided > 0)
    round.problems.push_back(
        {Fault::denied, where,
         "no right to tell whether a process is a gateway of this directory"});
  if (!table.initial_namespace)
    round.problems.push_back(
        {Fault::pid_namespace, where,
         "gateways in other PID namespaces cannot be seen"});
  if (count.undecided > 0 || !table.initial_namespace || !table.complete)
    return;
  if (misses_a_holder(facts, count, held)) {
    round.problems.push_back(
        {Fault::malformed, where,
         "a singleton lock names a living process that does not look like a "
         "gateway of this directory"});
    return;
  }
  facts_.instances = count.running.size();
  if (count.running.empty()) return;
  if (table.boot_time)
    facts_.youngest_start =
        *table.boot_time +
        span_of_ticks(count.running.back().start_ticks, table.ticks_per_second);
  const bool named = std::ranges::any_of(
      count.running,
      [&](const ProcessIdentity& running) { return is_named(facts, running); });
  if (named || state_locks_.readable) facts_.lock_mismatch = !named;
}

/// A gateway that is killed in the middle of writing leaves one: up to
/// 2026.7.35 it keeps others from starting for 30 s.
void GatewayReader::add_silent_locks(const ProcessFacts& facts,
                                     std::vector<GatewayLock>& locks) const {
  if (facts.silent_locks.empty()) return;
  std::set<std::string> names;
  const auto add = [&](const std::string& state_dir) {
    if (!state_dir.empty())
      names.insert(gateway_lock_name(state_dir + "/openclaw.json"));
  };
  add(place_->inner_path);
  add(without_prefix(settings_.state_dir, settings_.root));
  for (const auto* process : facts.users_of(place_->identity)) {
    add(process->inner_path);
    add(process->inner_real);
  }
  for (const auto& lock : facts.silent_locks)
    if (names.contains(lock.name)) locks.push_back(lock);
}

void GatewayReader::tell_silent_locks(const std::vector<GatewayLock>& locks,
                                      WallTime now, RoundResult& round) const {
  constexpr std::chrono::seconds kBeingWritten{5};
  const bool any = std::ranges::any_of(locks, [&](const GatewayLock& lock) {
    return !lock.claim.pid && now - lock.modified_at >= kBeingWritten;
  });
  if (any)
    round.problems.push_back({Fault::malformed, settings_.state_dir,
                              "a singleton lock is empty, no JSON or names no "
                              "process"});
}

/// Once for each label value: the count may have met the same obstacle.
void GatewayReader::tell_obstacles(const std::set<Fault>& obstacles,
                                   RoundResult& round) const {
  for (const auto obstacle : obstacles)
    if (std::ranges::find(round.problems, obstacle, &Problem::fault) ==
        round.problems.end())
      round.problems.push_back(
          {obstacle, settings_.state_dir,
           "holders of singleton locks cannot be judged: " +
               std::string{why_unknown(obstacle)}});
}

void GatewayReader::tell_version(RoundResult& round) const {
  if (!is_newer_than_tried(facts_.version)) return;
  const auto& [year, month, patch] = kNewestTried;
  round.problems.push_back(
      {Fault::unsupported, settings_.state_dir,
       "OpenClaw " + facts_.version + " is newer than any that was tried (" +
           std::to_string(year) + '.' + std::to_string(month) + '.' +
           std::to_string(patch) + "): what it writes may not be understood"});
}

RoundResult GatewayReader::round(const GatewayInputs& inputs) {
  RoundResult round;
  round.success = true;
  facts_ = {};
  writers_seen_ = false;
  wants_later_table_ = false;
  // The lock reader tells of a state directory that is not there.
  struct stat found {};
  if (::stat(settings_.state_dir.c_str(), &found) != 0 ||
      !S_ISDIR(found.st_mode) || !find_place(found, inputs))
    return round;
  const auto now = wall_clock_();
  const auto tmp =
      follow_link(settings_.root, settings_.state_dir + "/tmp", settings_.gate);
  state_locks_ = tmp ? lock_reader_.read_all(*tmp, now) : GatewayLocks{};
  state_locks_.readable = state_locks_.readable && tmp;
  lock_reader_.forget_unread();
  read_store(found, now);
  settings_.gate(settings_.state_dir);  // back from what links led to
  look_at_writers(inputs);
  facts_.state_database = database_facts(store_.state);
  facts_.agent_databases = database_facts(store_.agents);
  judge_era();
  tell_version(round);
  if (!inputs.processes) {
    round.problems.push_back({Fault::timeout, settings_.procfs.string(),
                              "no table of processes in time"});
    return round;
  }
  const auto& facts = *inputs.processes;
  static const std::vector<Mount> kNoMounts;
  DirectoryVisibility visibility{
      settings_.procfs, place_->mounts ? *place_->mounts : kNoMounts,
      place_->inner_path, place_->identity.device, place_->identity.inode};
  const auto count = count_gateways(candidates(facts, visibility));
  std::vector<GatewayClaim> held;
  auto locks = state_locks_.locks;
  if (const auto others = facts.locks.find(place_->identity);
      others != facts.locks.end())
    locks.insert(locks.end(), others->second.begin(), others->second.end());
  add_silent_locks(facts, locks);
  tell_silent_locks(locks, now, round);
  auto judged = lock_holders_.judge(locks, place_->is_local, visibility,
                                    *facts.table, now);
  held = std::move(judged.held);
  wants_later_table_ = judged.wants_later_table;
  if (state_locks_.readable) facts_.singleton_locks = std::move(judged.locks);
  judge_era();
  tell(facts, count, held, round);
  tell_obstacles(judged.obstacles, round);
  state_locks_ = {};
  return round;
}

}  // namespace openclaw_lock
