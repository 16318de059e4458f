// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/process_look.h"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

#include "core/procfs/net_tcp.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxProcessText = 1 << 20;
constexpr std::size_t kMaxSockets = 16 << 20;
constexpr std::size_t kMaxOpenFiles = 65536;

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

void read_environment(const std::filesystem::path& process,
                      const std::string& profile, ProcessLook& look) {
  const auto text = read_small_file(process / "environ", kMaxProcessText);
  if (!text) {
    look.ended = text.problem().fault == Fault::missing;
    return;
  }
  look.environment_readable = true;
  const auto environment = split_nul(*text);
  for (auto& candidate :
       state_dirs_of(environment, profile, link_of(process / "cwd")))
    look.state_dirs.push_back(std::move(candidate));
  look.temporary_directory = temporary_directory(environment);
  look.has_config_path = !value_of(environment, "OPENCLAW_CONFIG_PATH").empty();
  look.is_service = is_gateway_service(environment);
}

}  // namespace

std::optional<ProcessCommand> read_command(const std::filesystem::path& procfs,
                                           const ProcessStat& stat) {
  const auto cmdline = read_small_file(
      procfs / std::to_string(stat.pid) / "cmdline", kMaxProcessText);
  if (!cmdline) return {};
  const auto argv = split_nul(*cmdline);
  if (argv.empty()) return {};
  ProcessCommand command{role_of_process(stat.comm, argv),
                         std::string{profile_of_arguments(argv)}, false};
  command.mentions_openclaw =
      std::ranges::any_of(argv, [](std::string_view argument) {
        return argument.find("openclaw") != std::string_view::npos;
      });
  return command;
}

ProcessLook look_at_process(const std::filesystem::path& procfs, int pid,
                            const std::string& profile) {
  const auto process = procfs / std::to_string(pid);
  ProcessLook look;
  struct stat found {};
  if (::stat(process.c_str(), &found) == 0) look.uid = found.st_uid;
  const auto mounts = link_of(process / "ns/mnt");
  look.shares_our_root =
      !mounts.empty() && mounts == link_of(procfs / "self/ns/mnt") &&
      link_of(process / "root") == "/" && link_of(procfs / "self/root") == "/";
  read_files(process, look);
  read_environment(process, profile, look);
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
  return listens || entry->second.readable ? std::optional{listens} : std::nullopt;
}

}  // namespace openclaw_lock
