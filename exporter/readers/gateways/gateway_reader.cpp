// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/gateways/gateway_reader.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include "core/gateways/openclaw_process.h"
#include "core/procfs/clock_ticks.h"
#include "core/procfs/file_locks.h"
#include "core/procfs/filesystem_type.h"
#include "core/procfs/net_tcp.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/system/file.h"
#include "exporter/system/mount_view.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxProcessText = 1 << 20;
constexpr std::size_t kMaxMountinfo = 4 << 20;
constexpr std::size_t kMaxSockets = 16 << 20;
constexpr std::size_t kMaxLocksText = 16 << 20;
constexpr std::size_t kMaxOpenFiles = 65536;

bool is_manager(const ProcessTable& table, int pid) {
  if (pid <= 1) return true;
  return std::ranges::any_of(table.processes, [&](const Process& process) {
    return process.stat.pid == pid && process.stat.comm == "systemd";
  });
}

/// A main thread that has exited while others run is a zombie too.
bool has_exited(const ProcessStat& stat) {
  return stat.state == 'X' || (stat.state == 'Z' && stat.threads <= 1);
}

int innermost_pid(const Process& process) {
  return process.ns_pids.empty() ? process.stat.pid : process.ns_pids.back();
}

bool names(const GatewayClaim& claim, const Process& process) {
  return claim.role.empty() && claim.pid == innermost_pid(process) &&
         (!claim.start_ticks || claim.start_ticks == process.stat.start_ticks);
}

/// Directory of a path; empty for one that is not absolute.
std::string directory_of(const std::string& path) {
  return path.starts_with('/') ? path.substr(0, path.rfind('/'))
                               : std::string{};
}

/// Titles and state directories settle soon after the start.
bool is_due(int rounds) {
  constexpr int kLongestPause = 64;
  return rounds % kLongestPause == 0 ||
         std::has_single_bit(static_cast<unsigned>(rounds));
}

std::set<std::uint64_t> listening_inodes(const std::filesystem::path& process,
                                         bool& readable) {
  std::set<std::uint64_t> inodes;
  for (const auto* name : {"net/tcp", "net/tcp6"}) {
    const auto text = read_small_file(process / name, kMaxSockets);
    if (text)
      inodes.merge(parse_listening_inodes(*text));
    else if (text.problem().fault != Fault::missing)
      readable = false;
  }
  return inodes;
}

}  // namespace

struct GatewayReader::Look {
  Look(const Process& process_, const std::filesystem::path& procfs)
      : process{process_},
        directory{procfs / std::to_string(process_.stat.pid)},
        root{directory.native() + "/root"} {}

  const Process& process;
  const std::filesystem::path directory;
  const std::string root;
  std::vector<Mount> mounts;
  std::optional<std::string> environ_text;
  std::vector<std::string_view> environment;  ///< views of environ_text
  bool files_readable = false;
  std::vector<std::string> files;  ///< what its open descriptors link to
};

GatewayReader::GatewayReader(GatewayReaderSettings settings, Census census,
                             Clock clock, WallClock wall_clock)
    : settings_{std::move(settings)},
      census_{std::move(census)},
      clock_{std::move(clock)},
      wall_clock_{std::move(wall_clock)} {}

void GatewayReader::look_at_role(const Process& process, Known& known) {
  const auto directory = settings_.procfs / std::to_string(process.stat.pid);
  const auto cmdline = read_small_file(directory / "cmdline", kMaxProcessText);
  if (!cmdline) return;
  const auto argv = split_nul(*cmdline);
  known.looked = !argv.empty();
  known.role = role_of_process(process.stat.comm, argv);
  known.profile = profile_of_arguments(argv);
}

Answer GatewayReader::is_ours(const std::string& inner_path,
                              const Look& look) const {
  if (!inner_path.starts_with('/')) return Answer::unknown;
  const Mount* mount = find_mount(look.mounts, inner_path);
  if (mount && mount->device != device_ &&
      !is_local_filesystem(mount->filesystem))
    return Answer::no;
  const auto found = directory_facts(look.root + inner_path);
  if (!found) return Answer::unknown;
  return found->identity == identity_ ? Answer::yes : Answer::no;
}

bool GatewayReader::claims_this(const GatewayClaim& claim,
                                const Look& look) const {
  return is_ours(claim.state_dir, look) == Answer::yes ||
         is_ours(directory_of(claim.config_path), look) == Answer::yes;
}

void GatewayReader::look_at_files(Look& look, Known& known) const {
  const auto directory = open_directory(look.directory / "fd");
  if (!directory) return;
  const auto listed = list_directory(
      *directory, [&](std::string_view name, unsigned char /*type*/) {
        std::error_code error;
        auto link = std::filesystem::read_symlink(
            look.directory / "fd" / std::string{name}, error);
        if (!error) look.files.push_back(link.native());
        return look.files.size() < kMaxOpenFiles;
      });
  look.files_readable = listed && look.files.size() < kMaxOpenFiles;
  for (const auto& file : look.files) {
    const std::string state_dir{state_dir_of_open_file(file)};
    if (state_dir.empty()) continue;
    known.uses = is_ours(state_dir, look);
    if (known.uses == Answer::yes) break;
  }
  if (known.role != ProcessRole::shared) return;
  bool readable = look.files_readable;
  const auto listening = listening_inodes(look.directory, readable);
  const bool serves = std::ranges::any_of(look.files, [&](const auto& file) {
    const auto inode = socket_inode(file);
    return is_gateway_lock_path(file) || (inode && listening.contains(*inode));
  });
  if (serves)
    known.serves = Answer::yes;
  else if (readable)
    known.serves = Answer::no;
}

std::set<std::string> GatewayReader::lock_directories(const Look& look) const {
  std::set<std::string> directories;
  struct stat process {};
  if (::stat(look.directory.c_str(), &process) == 0)
    directories.insert(temporary_directory(look.environment) + "/openclaw-" +
                       std::to_string(process.st_uid));
  for (const auto& file : look.files)
    if (is_gateway_lock_path(file)) directories.insert(directory_of(file));
  return directories;
}

void GatewayReader::look_at_locks(const Look& look, Known& known) {
  known.named = std::ranges::any_of(
      state_locks_.locks,
      [&](const GatewayLock& lock) { return names(lock.claim, look.process); });
  for (const auto& directory : lock_directories(look))
    for (auto& lock : read_gateway_locks(look.root + directory).locks) {
      if (!claims_this(lock.claim, look)) continue;
      if (names(lock.claim, look.process)) {
        known.named = true;
        known.lease = !lock.claim.state_dir.empty() && !lock.claim.has_owner;
      }
      other_locks_.push_back(std::move(lock));
    }
  if (known.named) known.uses = known.serves = Answer::yes;
}

void GatewayReader::read_abandoned_locks(const MountView& view) {
  const auto root =
      settings_.rootfs == "/" ? std::string{} : settings_.rootfs.native();
  const auto is_this = [&](const std::string& inner_path) {
    if (!inner_path.starts_with('/')) return false;
    const auto path = root + inner_path;
    const Mount* mount = find_mount(view.mounts, view.inner(path));
    if (!mount || mount->device != device_) return false;
    const auto found = directory_facts(path);
    return found && found->identity == identity_;
  };
  auto found =
      read_gateway_locks(root + "/tmp/openclaw-" + std::to_string(owner_));
  for (auto& lock : found.locks)
    if (is_this(lock.claim.state_dir) ||
        is_this(directory_of(lock.claim.config_path)))
      other_locks_.push_back(std::move(lock));
}

void GatewayReader::look_at_environment(const Look& look, Known& known) const {
  auto environment = look.environment;
  const auto profile = "OPENCLAW_PROFILE=" + known.profile;
  if (!known.profile.empty()) environment.insert(environment.begin(), profile);
  for (const auto& path : state_dirs_of(environment)) {
    known.uses = is_ours(path, look);
    if (known.uses != Answer::unknown) return;
  }
  // It names no directory that is there: it has none, or not yet.
  known.uses = Answer::no;
}

/// A state directory is closed to others, so a process of theirs has another.
bool GatewayReader::belongs_to_another_user(int pid) const {
  struct stat process {};
  const auto path = settings_.procfs / std::to_string(pid);
  return ::stat(path.c_str(), &process) == 0 && process.st_uid != 0 &&
         process.st_uid != owner_ && (mode_ & (S_IWGRP | S_IWOTH)) == 0;
}

void GatewayReader::look_at(const Process& process, const ProcessTable& table,
                            DirectoryVisibility& visibility, Known& known) {
  const int pid = process.stat.pid;
  Look look{process, settings_.procfs};
  const auto mountinfo =
      read_small_file(look.directory / "mountinfo", kMaxMountinfo);
  if (mountinfo) look.mounts = parse_mountinfo(*mountinfo);
  known.uses = known.serves = Answer::unknown;
  if (visibility.sees(pid) == Sees::no) {
    known.uses = Answer::no;
    return;
  }
  auto environ_text =
      read_small_file(look.directory / "environ", kMaxProcessText);
  if (!environ_text && environ_text.problem().fault == Fault::missing) {
    known.uses = Answer::no;  // it has ended
    return;
  }
  if (environ_text) {
    look.environ_text = *std::move(environ_text);
    look.environment = split_nul(*look.environ_text);
  }
  look_at_files(look, known);
  look_at_locks(look, known);
  if (known.uses == Answer::unknown && look.environ_text)
    look_at_environment(look, known);
  if (known.uses == Answer::unknown && belongs_to_another_user(pid))
    known.uses = Answer::no;
  if (known.serves != Answer::yes && is_gateway_service(look.environment) &&
      is_manager(table, process.stat.parent))
    known.serves = Answer::yes;
}

void GatewayReader::read_store() {
  store_ = read_store_files(settings_.state_dir);
  auto& traces = store_.traces;
  traces.owner_lock = std::ranges::any_of(
      state_locks_.locks,
      [](const GatewayLock& lock) { return lock.claim.has_owner; });
  facts_.version = config_version_.read(settings_.state_dir);
}

void GatewayReader::judge_era() {
  const auto store = judge_store(store_.traces);
  // Nothing found says nothing where one may not look.
  if (store != Store::unknown || (store_.state && store_.agents))
    facts_.store = store;
}

void GatewayReader::look_at_writers(const ProcessTable& table) {
  const auto text = read_small_file(settings_.procfs / "locks", kMaxLocksText);
  // Locks of processes outside our PID namespace are not listed.
  if (!text || !table.initial_namespace) return;
  writers_seen_ = true;
  std::set<WalWriter> writers;
  for (const auto& lock : parse_file_locks(*text)) {
    if (!is_wal_write_lock(lock)) continue;
    const auto is_file = [&](const SharedMemoryFile& file) {
      // Where stat gives another device than the superblock's (btrfs), that of
      // mountinfo is the one.
      const auto device = std::to_string(lock.device_major) + ':' +
                          std::to_string(lock.device_minor);
      return file.inode == lock.inode &&
             (device == device_ ||
              ::makedev(lock.device_major, lock.device_minor) == file.device);
    };
    for (const auto* files : {&store_.state, &store_.agents})
      if (*files && std::ranges::any_of((*files)->shared_memory, is_file))
        writers.insert({lock.inode, lock.pid});
  }
  writers_.look(writers, clock_());
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

void GatewayReader::tell(const ProcessTable& table, const GatewayCount& count,
                         RoundResult& round) {
  const auto& where = settings_.state_dir;
  if (count.undecided > 0)
    round.problems.push_back(
        {Fault::denied, where,
         "no right to tell whether a process is a gateway of this directory"});
  if (!table.initial_namespace)
    round.problems.push_back(
        {Fault::pid_namespace, where,
         "gateways in other PID namespaces cannot be seen"});
  if (count.undecided > 0 || !table.initial_namespace || !table.complete)
    return;
  facts_.instances = count.running.size();
  if (count.running.empty()) return;
  if (table.boot_time)
    facts_.youngest_start =
        *table.boot_time +
        span_of_ticks(count.running.back().start_ticks, table.ticks_per_second);
  const bool named =
      std::ranges::any_of(count.running, [&](const ProcessIdentity& running) {
        return std::ranges::any_of(known_, [&](const auto& entry) {
          return entry.first.pid == running.pid && entry.second.named;
        });
      });
  if (named || state_locks_.readable) facts_.lock_mismatch = !named;
}

RoundResult GatewayReader::round() {
  RoundResult round;
  round.success = true;
  facts_ = {};
  writers_seen_ = false;
  struct stat found {};
  const auto directory = directory_facts(settings_.state_dir);
  // The lock reader tells of a state directory that is not there.
  if (!directory || ::stat(settings_.state_dir.c_str(), &found) != 0)
    return round;
  identity_ = directory->identity;
  owner_ = found.st_uid;
  mode_ = found.st_mode;
  const auto view = read_mount_view(settings_.procfs, settings_.state_dir);
  const auto path = view.inner(directory->real_path);
  const Mount* mount = find_mount(view.mounts, path);
  device_ = mount ? mount->device : std::string{};
  state_locks_ = read_state_gateway_locks(settings_.state_dir);
  other_locks_.clear();
  read_abandoned_locks(view);
  read_store();
  const auto table = census_ ? census_() : nullptr;
  if (table) look_at_writers(*table);
  facts_.state_database = database_facts(store_.state);
  facts_.agent_databases = database_facts(store_.agents);
  judge_era();
  if (!table) {
    round.problems.push_back({Fault::timeout, settings_.procfs.string(),
                              "no table of processes in time"});
    return round;
  }
  DirectoryVisibility visibility{settings_.procfs, view.mounts, path,
                                 identity_.device, identity_.inode};
  std::map<Key, Known> present;
  std::vector<GatewayCandidate> candidates;
  for (const auto& process : table->processes) {
    const auto& stat = process.stat;
    if (!may_be_openclaw(stat.comm) || has_exited(stat)) continue;
    Key key{stat.start_ticks, stat.pid, stat.comm};
    auto& known = present[key];
    if (const auto before = known_.find(key); before != known_.end())
      known = std::move(before->second);
    if (!known.looked) look_at_role(process, known);
    const bool matters =
        known.role != ProcessRole::none && known.role != ProcessRole::command;
    const bool settled = known.uses == Answer::no && !is_due(known.rounds);
    if (matters && !settled) look_at(process, *table, visibility, known);
    ++known.rounds;
    candidates.push_back({stat.pid, stat.parent, stat.start_ticks, known.role,
                          known.uses, known.serves});
  }
  known_ = std::move(present);
  if (state_locks_.readable) {
    auto locks = state_locks_.locks;
    locks.insert(locks.end(), other_locks_.begin(), other_locks_.end());
    facts_.singleton_locks =
        lock_holders_.judge(locks, is_local_filesystem(visibility.filesystem()),
                            visibility, *table, wall_clock_());
  }
  store_.traces.lease_lock = std::ranges::any_of(
      known_, [](const auto& entry) { return entry.second.lease; });
  judge_era();
  tell(*table, count_gateways(candidates), round);
  return round;
}

}  // namespace openclaw_lock
