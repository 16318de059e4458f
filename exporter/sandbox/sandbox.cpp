// SPDX-License-Identifier: Apache-2.0
#include "exporter/sandbox/sandbox.h"

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "exporter/system/log.h"

namespace openclaw_lock {
namespace {

namespace fs = std::filesystem;

fs::path directory_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

Duties duties_of_reader(const Settings& settings) {
  Duties duties;
  duties.looks_into_processes = true;
  duties.probes_disks = settings.collect_disk && settings.disk_probe;
  return duties;
}

Duties duties_of_writer(const Settings& settings) {
  Duties duties;
  if (settings.collect_logs && !settings.storage_path.empty())
    duties.writes_below.push_back(settings.storage_path);
  if (!settings.textfile_path.empty())
    duties.writes_below.push_back(directory_of(settings.textfile_path));
  return duties;
}

Duties duties_of_server(const Settings& settings) {
  Duties duties;
  duties.listens = true;
  for (const auto& address : settings.listen)
    if (!address.unix_path.empty())
      duties.sockets_below.push_back(directory_of(address.unix_path));
  duties.uses_low_ports =
      std::ranges::any_of(settings.listen, [](const ListenAddress& address) {
        return address.port > 0 && address.port < 1024;
      });
  return duties;
}

/// What all parts lack, each thing once.
std::string join(const std::vector<Confinement>& parts) {
  std::vector<std::string> said;
  std::string text;
  for (const auto& part : parts) {
    for (const auto& missing : part.missing) {
      if (std::ranges::find(said, missing) != said.end()) continue;
      if (!text.empty()) text += "; ";
      text += missing;
      said.push_back(missing);
    }
  }
  return text;
}

void tell(const std::vector<Confinement>& parts) {
  int landlock = 0;
  for (const auto& part : parts)
    landlock = std::max(landlock, part.landlock_abi);
  const bool seccomp = std::ranges::all_of(
      parts, [](const Confinement& part) { return part.seccomp; });
  const auto missing = join(parts);
  log::info("confined", {{"seccomp", seccomp ? "yes" : "no"},
                         {"landlock", landlock > 0 ? std::to_string(landlock)
                                      : missing.empty() ? "unused"
                                                        : "no"},
                         {"capabilities", parts.back().capabilities},
                         {"missing", missing.empty() ? "nothing" : missing}});
}

}  // namespace

Sandbox::Sandbox(const Settings& settings, bool with_watchdog) {
  std::vector<Confinement> parts;
  const auto writes = duties_of_writer(settings);
  if (!writes.writes_below.empty()) {
    // The one that is made later would be another; who uses it tells why not.
    if (!settings.storage_path.empty())
      ::mkdir(settings.storage_path.c_str(), 0700);
    writer_.emplace("writer");
    parts.push_back(writer_->run([&] { return confine_this_thread(writes); }));
  }
  if (!settings.once) {
    server_.emplace("server");
    parts.push_back(server_->run(
        [&] { return confine_this_thread(duties_of_server(settings)); }));
  }
  if (with_watchdog) watchdog_.emplace("watchdog");
  hide_memory();
  UniqueFd unlisted;
  parts.push_back(confine_this_thread(duties_of_reader(settings), &unlisted));
  refusals_.begin(std::move(unlisted));
  tell(parts);
}

void Sandbox::tell_refusals() {
  for (const auto& call : refusals_.take())
    log::warn("a system call was refused that readers are not known to need",
              {{"call", call.name}, {"number", std::to_string(call.number)}});
}

void Sandbox::settle() {
  writer_.reset();
  server_.reset();
  watchdog_.reset();
}

}  // namespace openclaw_lock
