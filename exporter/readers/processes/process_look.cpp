// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/process_look.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "core/base/text.h"
#include "core/gateways/openclaw_version.h"
#include "core/procfs/net_tcp.h"
#include "exporter/system/file.h"
#include "exporter/system/procfs_files.h"

namespace openclaw_lock {
namespace {

/// execve(2) takes 6 MiB at most, arguments and environment together.
constexpr std::size_t kMaxProcessText = 8 << 20;
constexpr std::size_t kMaxArguments = 1 << 20;
constexpr std::size_t kMaxVariable = 128 << 10;  // MAX_ARG_STRLEN
constexpr std::size_t kMaxSockets = 16 << 20;
constexpr std::size_t kMaxOpenFiles = 65536;
constexpr std::size_t kMaxUidMap = 64 << 10;

std::string link_of(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::read_symlink(path, error).native();
}

/// Names of descriptors may be seen with less rights than what they are.
std::string link_of_descriptor(const std::filesystem::path& path, bool& all) {
  std::error_code error;
  auto link = std::filesystem::read_symlink(path, error).native();
  if (error && error != std::errc::no_such_file_or_directory) all = false;
  return link;
}

void read_files(const std::filesystem::path& process, ProcessLook& look) {
  const auto directory = open_directory(process / "fd");
  if (!directory) return;
  std::size_t seen = 0;
  bool all = true;
  std::set<std::string> state_dirs;
  const auto listed = list_directory(
      *directory, [&](std::string_view name, unsigned char /*type*/) {
        const auto link =
            link_of_descriptor(process / "fd" / std::string{name}, all);
        if (const auto socket = socket_inode(link))
          look.sockets.insert(*socket);
        else if (const auto lock = gateway_lock_path(link); !lock.empty())
          look.open_locks.emplace(lock);
        if (const auto dir = state_dir_of_open_file(link); !dir.empty())
          state_dirs.emplace(dir);
        return ++seen < kMaxOpenFiles;
      });
  look.files_readable = listed && all && seen < kMaxOpenFiles;
  for (const auto& dir : state_dirs)
    look.state_dirs.push_back({dir, Evidence::open_files});
}

/// Takes an environment piece by piece, and keeps the variables that are asked
/// for.
class Environment {
 public:
  void feed(std::string_view piece) {
    while (!piece.empty()) {
      const auto length = std::min(piece.find('\0'), piece.size());
      if (entry_.size() <= kMaxVariable) entry_ += piece.substr(0, length);
      if (length < piece.size()) end_entry();
      piece.remove_prefix(std::min(length + 1, piece.size()));
    }
  }

  /// NUL-separated.
  const std::string& whole() {
    end_entry();
    return kept_;
  }

 private:
  void end_entry() {
    const bool wanted = entry_.size() <= kMaxVariable &&
                        std::ranges::any_of(kNames, [&](std::string_view name) {
                          return std::string_view{entry_}.starts_with(name);
                        });
    if (wanted) (kept_ += entry_) += '\0';
    entry_.clear();
  }

  static constexpr std::array<std::string_view, 7> kNames{
      "OPENCLAW_", "CLAWDBOT_", "HOME=", "USERPROFILE=",
      "TMPDIR=",   "TMP=",      "TEMP="};

  std::string entry_;  ///< what has come of it
  std::string kept_;
};

/// As its user namespace numbers it: user_namespaces(7), `inside outside
/// count`.
std::uint32_t uid_inside(const std::filesystem::path& process, uid_t outside) {
  const auto map = read_small_file(process / "uid_map", kMaxUidMap);
  if (!map) return outside;
  std::string_view left = *map;
  while (!left.empty()) {
    const auto line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    const auto words = split_blanks(line);
    if (words.size() != 3) continue;
    const auto inside = parse_integer<std::uint32_t>(words[0]);
    const auto first = parse_integer<std::uint32_t>(words[1]);
    const auto count = parse_integer<std::uint32_t>(words[2]);
    if (inside && first && count && outside >= *first &&
        outside - *first < *count)
      return *inside + (outside - *first);
  }
  return outside;
}

/// Empty: not known.
std::optional<std::string> user_home(const std::filesystem::path& process,
                                     const std::optional<uid_t>& uid,
                                     const ReadInRoot& read) {
  if (!uid) return {};
  const auto passwd = read("/etc/passwd");
  if (passwd) return home_in_passwd(*passwd, uid_inside(process, *uid));
  return passwd.problem().fault == Fault::missing ? std::optional{std::string{}}
                                                  : std::nullopt;
}

/// Of the package that the entry file lies in, or in a directory of.
std::string version_of_package(const std::string& entry,
                               const std::string& working_directory,
                               const ReadInRoot& read) {
  const auto path = entry.empty()
                        ? std::string{}
                        : resolve_user_path(entry, {}, working_directory);
  for (auto end = path.rfind('/'); end != std::string::npos && end > 0;
       end = path.rfind('/', end - 1)) {
    const auto package = read(path.substr(0, end) + "/package.json");
    if (package) return package_version(*package);
    if (!path.substr(0, end).ends_with("/dist")) break;
  }
  return {};
}

void read_environment(const std::filesystem::path& process,
                      const ProcessCommand& command, const ReadInRoot& read,
                      ProcessLook& look) {
  Environment whole;
  const auto problem =
      read_pieces(process / "environ", kMaxProcessText,
                  [&](std::string_view piece) { whole.feed(piece); });
  if (problem) {
    look.ended = problem->fault == Fault::missing;
    look.environment_too_big = problem->fault == Fault::too_big;
    return;
  }
  ProcessStart start;
  start.environment = split_nul(whole.whole());
  const auto working_directory = link_of(process / "cwd");
  start.working_directory = working_directory;
  if (command.has_arguments) start.profile = command.profile;
  if (needs_user_home(start.environment))
    start.user_home = user_home(process, look.uid, read);
  std::string version;
  if (!value_of(start.environment, "CLAWDBOT_STATE_DIR").empty())
    version = version_of_package(command.entry, working_directory, read);
  start.version = version;
  auto candidates = state_dirs_of(start);
  // Where its home is not known nothing is.
  look.environment_readable = !candidates.empty() || start.user_home ||
                              !needs_user_home(start.environment);
  for (auto& candidate : candidates)
    look.state_dirs.push_back(std::move(candidate));
  look.temporary_directory = temporary_directory(start.environment);
  look.has_config_path =
      !value_of(start.environment, "OPENCLAW_CONFIG_PATH").empty();
  look.is_service = is_gateway_service(start.environment);
}

}  // namespace

std::optional<ProcessCommand> read_command(const std::filesystem::path& procfs,
                                           const ProcessStat& stat) {
  // Of more arguments the first ones tell.
  std::string cmdline;
  const auto problem =
      read_pieces(procfs / std::to_string(stat.pid) / "cmdline",
                  kMaxProcessText, [&](std::string_view piece) {
                    cmdline += piece.substr(0, kMaxArguments - cmdline.size());
                  });
  if (problem) return {};
  const auto argv = split_nul(cmdline);
  if (argv.empty()) return {};
  ProcessCommand command;
  command.role = role_of_process(stat.comm, argv);
  command.has_arguments = argv.size() > 1;
  command.profile = profile_of_arguments(argv);
  command.entry = entry_of_arguments(argv);
  command.mentions_openclaw =
      std::ranges::any_of(argv, [](std::string_view argument) {
        return argument.find("openclaw") != std::string_view::npos;
      });
  return command;
}

ProcessLook look_at_process(const std::filesystem::path& procfs, int pid,
                            const ProcessCommand& command,
                            const ReadInRoot& read) {
  const auto process = procfs / std::to_string(pid);
  ProcessLook look;
  struct stat found {};
  if (::stat(process.c_str(), &found) == 0) look.uid = found.st_uid;
  if (const auto status = read_small_file(process / "status", kMaxStatus))
    if (auto credentials = parse_file_credentials(*status))
      look.credentials =
          std::make_shared<const FileCredentials>(*std::move(credentials));
  const auto mounts = link_of(process / "ns/mnt");
  look.shares_our_root =
      !mounts.empty() && mounts == link_of(procfs / "self/ns/mnt") &&
      link_of(process / "root") == "/" && link_of(procfs / "self/root") == "/";
  read_files(process, look);
  read_environment(process, command, read, look);
  return look;
}

ListeningSockets::Namespace ListeningSockets::read(
    const std::filesystem::path& process) const {
  Namespace found;
  for (const auto* name : {"net/tcp", "net/tcp6"}) {
    const auto text = read_small_file(process / name, kMaxSockets);
    if (text)
      found.inodes.merge(parse_listening_inodes(*text));
    else if (text.problem().fault != Fault::missing)
      found.readable = false;
  }
  return found;
}

std::optional<bool> ListeningSockets::any(
    int pid, const std::set<std::uint64_t>& sockets) {
  if (sockets.empty()) return false;
  const auto process = procfs_ / std::to_string(pid);
  auto link = link_of(process / "ns/net");
  if (link.empty()) link = std::to_string(pid);
  const auto [entry, is_new] = namespaces_.try_emplace(std::move(link));
  if (is_new) entry->second = read(process);
  const auto& inodes = entry->second.inodes;
  const bool listens = std::ranges::any_of(
      sockets, [&](std::uint64_t inode) { return inodes.contains(inode); });
  return listens || entry->second.readable ? std::optional{listens}
                                           : std::nullopt;
}

}  // namespace openclaw_lock
