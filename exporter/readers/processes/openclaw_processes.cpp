// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/processes/openclaw_processes.h"

#include <algorithm>

#include "core/gateways/openclaw_process.h"
#include "core/procfs/filesystem_type.h"
#include "core/procfs/mountinfo.h"
#include "exporter/readers/directories/directory_facts.h"
#include "exporter/system/file.h"

namespace openclaw_lock {
namespace {

constexpr std::size_t kMaxProcessText = 1 << 20;
constexpr std::size_t kMaxMountinfo = 4 << 20;

std::vector<Mount> read_mounts(const std::filesystem::path& process) {
  const auto text = read_small_file(process / "mountinfo", kMaxMountinfo);
  return text ? parse_mountinfo(*text) : std::vector<Mount>{};
}

bool is_local(const std::vector<Mount>& mounts, const std::string& path) {
  const Mount* mount = find_mount(mounts, path);
  return mount && is_local_filesystem(mount->filesystem);
}

/// The path by which our own mounts lead to a directory that `theirs` have at
/// `inner_path`, or empty.
std::string our_path_to(const DirectoryIdentity& wanted,
                        const std::vector<Mount>& theirs,
                        const std::vector<Mount>& ours,
                        const std::string& inner_path) {
  const auto location = locate(theirs, inner_path);
  if (!location) return {};
  for (const auto& path : paths_to(ours, *location)) {
    const auto found = directory_facts(path);
    if (found && found->identity == wanted) return path;
  }
  return {};
}

}  // namespace

void OpenclawProcesses::look_at(const ProcessIdentity& process, bool local,
                                State& state) const {
  const auto directory = procfs_ / std::to_string(process.pid);
  const auto comm = read_small_file(directory / "comm", kMaxProcessText);
  const auto cmdline = read_small_file(directory / "cmdline", kMaxProcessText);
  state.settled =
      !comm || !cmdline || !is_openclaw_process(*comm, split_nul(*cmdline));
  if (state.settled) return;
  const auto environment =
      read_small_file(directory / "environ", kMaxProcessText);
  const auto state_dirs = environment ? state_dirs_of(split_nul(*environment))
                                      : std::vector<std::string>{};
  state.settled = state_dirs.empty();
  if (state.settled) return;
  const auto mounts = read_mounts(directory);
  const bool cannot_hang = std::ranges::all_of(
      state_dirs,
      [&](const std::string& path) { return is_local(mounts, path); });
  if (cannot_hang != local) return;
  const auto root = directory.native() + "/root";
  for (const auto& inner : state_dirs) {
    const auto found = directory_facts(root + inner);
    if (!found) continue;
    auto path = our_path_to(found->identity, mounts,
                            read_mounts(procfs_ / "self"), inner);
    const bool passing = path.empty();
    if (passing) path = root + inner;
    state.settled = true;
    state.process = {root,    inner, found->real_path, std::move(path),
                     passing, local, found->identity,  process};
    return;
  }
}

void OpenclawProcesses::update(const ProcessTable& table, bool local) {
  decltype(states_) states;
  for (const auto& process : table.processes) {
    if (!may_be_openclaw(process.stat.comm)) continue;
    Key key{process.stat.start_ticks, process.stat.pid, process.stat.comm};
    auto& state = states[key];
    if (const auto before = states_.find(key); before != states_.end())
      state = std::move(before->second);
    if (!state.settled)
      look_at({process.stat.pid, process.stat.start_ticks}, local, state);
  }
  states_ = std::move(states);
}

std::vector<OpenclawProcess> OpenclawProcesses::known() const {
  std::vector<OpenclawProcess> processes;
  for (const auto& [key, state] : states_)
    if (state.process) processes.push_back(*state.process);
  return processes;
}

}  // namespace openclaw_lock
